import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { jemalloc } from 'allomorph';
import { root, run, type Ended } from '../support/child.js';
import { makeProgramFolder } from '../support/program-folder.js';

// Who chose first is told by file and line.

const withJemalloc = jemalloc.available ? describe : describe.skip;

withJemalloc('in files', () => {
  let folder: string;
  beforeEach(() => {
    folder = makeProgramFolder();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function start(main: string, files: Record<string, string>, args: string[] = []): Ended {
    for (const [name, source] of Object.entries(files))
      writeFileSync(path.join(folder, name), source);
    return run(process.execPath, [...args, path.join(folder, main)]);
  }

  test('the first of two calls is named by file, line and column', () => {
    const child = start('main.cjs', {
      'main.cjs': `const { setGlobalAllocator, system } = require('allomorph');\nrequire('./first.cjs');\nsetGlobalAllocator(system);`,
      'first.cjs': `const { setGlobalAllocator, jemalloc } = require('allomorph');\n\n\nsetGlobalAllocator(jemalloc);`,
    });
    expect(child.status).toBe(1);
    expect(child.stderr).toContain('ERR_ALLOMORPH_GLOBAL_CONFLICT');
    expect(child.stderr).toContain(`${path.join(folder, 'first.cjs')}:4:1`);
  });

  test('so is the first of two require()d entry points', () => {
    const child = start('main.cjs', {
      'main.cjs': `require('./first.cjs');\nrequire('allomorph/global/system');`,
      'first.cjs': `\n\nrequire('allomorph/global/jemalloc');`,
    });
    expect(child.stderr).toContain(`${path.join(folder, 'first.cjs')}:3:1`);
  });

  test('and the first of two import declarations, which leave no frame on any stack', () => {
    const child = start('main.mjs', {
      'main.mjs': `import './first.mjs';\nimport './second.mjs';`,
      'first.mjs': `// choose\nimport 'allomorph/global/jemalloc';`,
      'second.mjs': `import 'allomorph/global/system';`,
    });
    expect(child.status).toBe(1);
    expect(child.stderr).toContain(`${path.join(folder, 'first.mjs')}:2`);
  });

  test('not what a comment says, and also an import on several lines', () => {
    const child = start('main.mjs', {
      'main.mjs': `import './first.mjs';\nimport 'allomorph/global/system';`,
      'first.mjs': `// import 'allomorph/global/jemalloc'\n/* import 'allomorph/global/jemalloc' */\nimport {\n} from\n  'allomorph/global/jemalloc';`,
    });
    expect(child.stderr).toContain(`${path.join(folder, 'first.mjs')}:5`);
  });

  test('the file that requires it, though a tool has wrapped require', () => {
    const child = start('main.cjs', {
      'main.cjs': `require('./hook.cjs');\nrequire('allomorph/global/jemalloc');\nrequire('allomorph/global/system');`,
      'hook.cjs': `const Module = require('node:module'); const original = Module.prototype.require; Module.prototype.require = function (id) { return original.call(this, id); };`,
    });
    expect(child.stderr).toContain(`${path.join(folder, 'main.cjs')}:2:1`);
  });

  test('a choice by --import is named as such', () => {
    const child = start('main.cjs', { 'main.cjs': `require('allomorph/global/system');` }, [
      '--import',
      path.join(root, 'dist', 'global', 'jemalloc.js'),
    ]);
    expect(child.stderr).toContain("an import of 'allomorph/global/jemalloc'");
  });
});
