import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { jemalloc } from 'allomorph';
import { binariesFolder } from '../support/binaries.js';
import { root, run, workersEnd } from '../support/child.js';

const other = jemalloc.available ? 'jemalloc' : 'system';

describe('two copies of the package in one process', () => {
  let folder: string;
  const copies = ['first', 'second'];

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-copies-'));
    for (const name of copies) {
      const copy = path.join(folder, name);
      cpSync(path.join(root, 'dist'), path.join(copy, 'dist'), { recursive: true });
      cpSync(binariesFolder, path.join(copy, 'prebuilds', path.basename(binariesFolder)), {
        recursive: true,
      });
      cpSync(path.join(root, 'package.json'), path.join(copy, 'package.json'));
    }
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const start = (source: string) => {
    const main = path.join(folder, 'main.cjs');
    writeFileSync(main, source);
    return run(process.execPath, [workersEnd, main]);
  };

  test('share one registry, one jemalloc, one set of counts', () => {
    const child = start(`
      const first = require('./first/dist'), second = require('./second/dist');
      first.setGlobalAllocator(first.${other});
      const block = second.globalAllocator().allocate(100, 16);
      const counts = first.${other}.live();
      first.${other}.deallocate(block, 100, 16);
      let code = null;
      try { second.setGlobalAllocator(second.${other === 'system' ? 'jemalloc' : 'system'}); } catch (error) { code = error.code; }
      console.log(JSON.stringify([first !== second, second.globalAllocator().name, counts.blocks, second.${other}.live().blocks, code]));
    `);
    expect(child.stderr).toBe('');
    const code = jemalloc.available ? 'ERR_ALLOMORPH_GLOBAL_CONFLICT' : 'ERR_ALLOMORPH_UNAVAILABLE';
    expect(JSON.parse(child.stdout)).toEqual([true, other, 1, 0, code]);
  });

  test('agree when one is loaded by the main thread and the other by a worker', () => {
    const child = start(`
      const { Worker } = require('node:worker_threads');
      const first = require('./first/dist');
      first.setGlobalAllocator(first.${other});
      const worker = new Worker("require('node:worker_threads').parentPort.postMessage(require(" +
        JSON.stringify(require.resolve('./second/dist')) + ").globalAllocator().name)", { eval: true });
      worker.once('message', (name) => console.log(name));
    `);
    expect(child.stderr).toBe('');
    expect(child.stdout.trim()).toBe(other);
  });

  test('of different versions: the second refuses and names both', () => {
    // A real second version: the same addon with another version string compiled in.
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    const addon = path.join(
      folder,
      'second',
      'prebuilds',
      path.basename(binariesFolder),
      'allomorph.node',
    );
    const bytes = readFileSync(addon);
    const text = Buffer.from(`${version}\0`);
    const changed = Buffer.from(`${version.slice(0, -1)}9\0`);
    let replaced = 0;
    for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) {
      changed.copy(bytes, at);
      replaced += 1;
    }
    expect(replaced).toBeGreaterThan(0);
    rmSync(addon);
    writeFileSync(addon, bytes);
    const child = start(`require('./first/dist'); require('./second/dist');`);
    expect(child.status).toBe(1);
    expect(child.stderr).toContain('ERR_ALLOMORPH_VERSION_CONFLICT');
    expect(child.stderr).toContain(path.join(folder, 'first'));
    expect(child.stderr).toContain('npm dedupe');
  });

  test('one copy reached by two paths is one copy', () => {
    symlinkSync(path.join(folder, 'first'), path.join(folder, 'link'), 'dir');
    const child = start(`console.log(require('./first/dist') === require('./link/dist'))`);
    expect(child.stdout.trim()).toBe('true');
  });
});
