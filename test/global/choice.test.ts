import { writeFileSync, mkdtempSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { jemalloc } from 'allomorph';
import { node, root, run, type Ended } from '../support/child.js';

// The choice is made once in a process: each rule has one of its own.

/** Prints what a program sees, as JSON; errors as {code, message}. */
const prelude = `
const attempt = (use) => {
  try { const value = use(); return value?.name ?? value ?? null; }
  catch ({ code, message }) { return { code, message }; }
};
const results = [];
const note = (use) => { results.push(attempt(use)); };
process.on('warning', (warning) => {
  if (warning.name === 'AllomorphWarning') results.push({ warning: warning.message });
});
`;
const epilogue = `setImmediate(() => console.log(JSON.stringify(results)));`;

type Syntax = 'module' | 'commonjs';
const load = {
  commonjs: `const { setGlobalAllocator, globalAllocator, jemalloc, system } = require('allomorph');`,
  module: `import { setGlobalAllocator, globalAllocator, jemalloc, system } from 'allomorph';`,
};
const entry = {
  commonjs: (name: string) => `require('allomorph/global/${name}');`,
  module: (name: string) => `await import('allomorph/global/${name}');`,
};

function program(type: Syntax, body: string, env: NodeJS.ProcessEnv = {}): unknown[] {
  const child = node(`${load[type]}${prelude}${body};${epilogue}`, { type, env });
  if (child.status !== 0) throw new Error(`status ${String(child.status)}: ${child.stderr}`);
  return JSON.parse(child.stdout) as unknown[];
}

const error = (code: string, message = '') => ({
  code: `ERR_ALLOMORPH_${code}`,
  message: expect.stringContaining(message) as string,
});

// Everything that needs a second backend to choose is asserted differently without one.
const withJemalloc = jemalloc.available ? describe : describe.skip;
const other = jemalloc.available ? 'jemalloc' : 'system';

describe.each<Syntax>(['module', 'commonjs'])('%s', (type) => {
  test('the default is system: a package is a guest', () => {
    expect(program(type, 'note(() => globalAllocator())')).toEqual(['system']);
  });

  test('a choice of the program takes effect and is returned', () => {
    expect(
      program(
        type,
        `note(() => setGlobalAllocator(${other})); note(() => globalAllocator() === ${other})`,
      ),
    ).toEqual([other, true]);
  });

  test('the same choice again is fine, also after the first allocation', () => {
    const body = `
      note(() => setGlobalAllocator(${other}));
      note(() => setGlobalAllocator(${other}));
      const address = globalAllocator().allocate(64, 16);
      note(() => setGlobalAllocator(${other}));
      globalAllocator().deallocate(address, 64, 16)`;
    expect(program(type, body)).toEqual([other, other, other]);
  });

  test('reading does not freeze; using a backend by its name does not either', () => {
    const body = `
      const early = globalAllocator();
      note(() => early);
      note(() => early.usableSize(64, 16) >= 64);
      note(() => early.allocate(0, 16));
      system.deallocate(system.allocate(64, 16), 64, 16);
      note(() => setGlobalAllocator(${other}));
      note(() => early)`;
    expect(program(type, body)).toEqual(['system', true, error('INVALID_SIZE'), other, other]);
  });

  test('choosing by import', () => {
    expect(program(type, `${entry[type](other)} note(() => globalAllocator())`)).toEqual([other]);
  });

  test('not an allocator', () => {
    const body = `
      for (const value of ['system', undefined, 5, {}, null]) note(() => setGlobalAllocator(value))`;
    const results = program(type, body);
    expect(results).toHaveLength(5);
    for (const result of results)
      expect(result).toEqual(error('INVALID_ARGUMENT', 'takes an allocator'));
    expect(results[0]).toEqual(error('INVALID_ARGUMENT', "import { system } from 'allomorph'"));
  });

  test('the allocator that globalAllocator() gives before any choice', () => {
    expect(program(type, 'note(() => setGlobalAllocator(globalAllocator()))')).toEqual(['system']);
  });

  test('where Error is frozen', () => {
    const child = node(
      `Object.freeze(Error); const a = require('allomorph'); console.log(a.setGlobalAllocator(a.system).name)`,
    );
    expect(child).toMatchObject({ status: 0, stdout: 'system\n', stderr: '' });
  });

  test('an allocator written in JavaScript is refused with the reason', () => {
    const body = `note(() => setGlobalAllocator({ name: 'mine', allocate() {}, deallocate() {} }))`;
    expect(program(type, body)).toEqual([error('NOT_NATIVE', 'every thread')]);
  });

  test('an unknown value of the variable stops the program and lists the valid ones', () => {
    const child = node(load[type], { type, env: { ALLOMORPH_ALLOCATOR: 'jemaloc' } });
    expect(child.status).not.toBe(0);
    expect(child.stderr).toContain('ERR_ALLOMORPH_UNKNOWN_ALLOCATOR');
    expect(child.stderr).toContain("ALLOMORPH_ALLOCATOR is 'jemaloc'");
    expect(child.stderr).toContain(
      jemalloc.available ? 'Valid: system, jemalloc' : 'Valid: system',
    );
  });

  test('an empty variable is as good as none', () => {
    expect(program(type, 'note(() => globalAllocator())', { ALLOMORPH_ALLOCATOR: '' })).toEqual([
      'system',
    ]);
  });
});

withJemalloc.each<Syntax>(['module', 'commonjs'])('between two backends, %s', (type) => {
  test('a second, different choice names file and line of the first', () => {
    const body = `\nnote(() => setGlobalAllocator(jemalloc));\nnote(() => setGlobalAllocator(system))`;
    const [first, second] = program(type, body);
    expect(first).toBe('jemalloc');
    expect(second).toEqual(error('GLOBAL_CONFLICT', 'jemalloc was chosen before, at '));
    expect((second as { message: string }).message).toMatch(/\[eval1?\](?:-wrapper)?:\d+:\d+|eval/);
  });

  test('a choice after the first allocation from the default throws', () => {
    const body = `
      const address = globalAllocator().allocate(64, 16);
      note(() => setGlobalAllocator(jemalloc));
      note(() => setGlobalAllocator(system));
      system.deallocate(address, 64, 16)`;
    expect(program(type, body)).toEqual([
      error('GLOBAL_FROZEN', 'ALLOMORPH_ALLOCATOR=jemalloc'),
      'system',
    ]);
  });

  test('an unsafe allocation through the global freezes as well', () => {
    const body = `
      const raw = globalAllocator().unsafe;
      raw.deallocate(raw.allocate(64, 16), 64, 16);
      note(() => setGlobalAllocator(jemalloc))`;
    expect(program(type, body)).toEqual([error('GLOBAL_FROZEN')]);
  });

  test('the variable chooses', () => {
    expect(
      program(type, 'note(() => globalAllocator())', { ALLOMORPH_ALLOCATOR: 'jemalloc' }),
    ).toEqual(['jemalloc']);
  });

  test('the operator wins over the program, with one warning', () => {
    const body = `
      note(() => setGlobalAllocator(jemalloc));
      note(() => setGlobalAllocator(jemalloc));
      note(() => globalAllocator())`;
    expect(program(type, body, { ALLOMORPH_ALLOCATOR: 'system' })).toEqual([
      'system',
      'system',
      'system',
      { warning: expect.stringContaining('ALLOMORPH_ALLOCATOR=system wins') as string },
    ]);
  });

  test('the operator agreeing with the program gives no warning', () => {
    const body = 'note(() => setGlobalAllocator(jemalloc))';
    expect(program(type, body, { ALLOMORPH_ALLOCATOR: 'jemalloc' })).toEqual(['jemalloc']);
  });

  test('two choices of the program conflict under the operator too', () => {
    const body = 'note(() => setGlobalAllocator(jemalloc)); note(() => setGlobalAllocator(system))';
    const [first, second] = program(type, body, { ALLOMORPH_ALLOCATOR: 'system' });
    expect(first).toBe('system');
    expect(second).toEqual(error('GLOBAL_CONFLICT'));
  });

  test('eight worker threads agree with the main thread', () => {
    const worker = `
      const { parentPort } = require('node:worker_threads');
      const { globalAllocator, setGlobalAllocator, system } = require('allomorph');
      const allocator = globalAllocator();
      const address = allocator.allocate(64, 16);
      let code = null;
      try { setGlobalAllocator(system); } catch (error) { code = error.code; }
      parentPort.postMessage([allocator.name, address, code]);`;
    const body = `
      const { Worker } = process.getBuiltinModule?.('node:worker_threads') ?? require('node:worker_threads');
      setGlobalAllocator(jemalloc);
      const answers = await Promise.all(Array.from({ length: 8 }, () => new Promise((resolve, reject) => {
        const worker = new Worker(${JSON.stringify(worker)}, { eval: true, execArgv: [] });
        worker.once('message', resolve); worker.once('error', reject);
      })));
      for (const [name, address, code] of answers) {
        // Allocated there, freed here: one backend serves all threads.
        jemalloc.deallocate(address, 64, 16);
        results.push(name, code);
      }
      results.push(jemalloc.live().blocks)`;
    const source =
      type === 'module'
        ? `import { createRequire } from 'node:module'; const require = createRequire('file://${root}/x.js');${load.module}${prelude}${body};${epilogue}`
        : `${load.commonjs}${prelude}(async () => {${body};${epilogue}})()`;
    const child = node(source, { type });
    expect(child.stderr).toBe('');
    const expected = Array.from({ length: 8 }, () => [
      'jemalloc',
      'ERR_ALLOMORPH_GLOBAL_CONFLICT',
    ]).flat();
    expect(JSON.parse(child.stdout)).toEqual([...expected, 0]);
  });
});

withJemalloc('in files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph choice '));
    mkdirSync(path.join(folder, 'node_modules'));
    writeFileSync(path.join(folder, 'package.json'), '{"private":true}');
    symlinkSync(root, path.join(folder, 'node_modules', 'allomorph'), 'dir');
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

describe('in a process that was started by allomorph run', () => {
  const cli = path.join(root, 'dist', 'cli', 'main.js');

  withJemalloc('on jemalloc', () => {
    test('the rules are the same, and the jemalloc backend is the process’s own', () => {
      const source = `${load.commonjs}${prelude}
        const { processAllocator } = require('allomorph');
        note(() => globalAllocator());
        note(() => setGlobalAllocator(jemalloc));
        const before = jemalloc.stats().allocated;
        const buffers = Array.from({ length: 50 }, () => Buffer.allocUnsafeSlow(1_000_000));
        note(() => jemalloc.stats().allocated - before >= 50_000_000);
        note(() => buffers.length);
        note(() => processAllocator());
        ${epilogue}`;
      const child = run(process.execPath, [cli, 'run', '--', process.execPath, '-e', source]);
      expect(child.stderr).toBe('');
      expect(JSON.parse(child.stdout)).toEqual(['system', 'jemalloc', true, 50, 'jemalloc']);
    });
  });

  test('on the C library: the same', () => {
    const source = `${load.commonjs}${prelude}note(() => globalAllocator()); note(() => setGlobalAllocator(${other}));${epilogue}`;
    const child = run(process.execPath, [
      cli,
      'run',
      '--allocator',
      'system',
      '--',
      process.execPath,
      '-e',
      source,
    ]);
    expect(child.stderr).toBe('');
    expect(JSON.parse(child.stdout)).toEqual(['system', other]);
  });
});
