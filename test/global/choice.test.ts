import { jemalloc } from 'allomorph';
import { node, root } from '../support/child.js';
import {
  entry,
  epilogue,
  error,
  load,
  other,
  prelude,
  program,
  type Syntax,
} from './support/program.js';

// The choice is made once in a process: each rule has one of its own.

// Everything that needs a second backend to choose is asserted differently without one.
const withJemalloc = jemalloc.available ? describe : describe.skip;

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
