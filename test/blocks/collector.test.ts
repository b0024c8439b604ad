import { script } from './support/script.js';

// In processes with --expose-gc: what the collector does with blocks that nobody freed.

const flags = ['--expose-gc'];

test('forgotten blocks are freed, on every kind of allocator, looked at or not', () => {
  const child = script(
    `const forget = (allocator) => {
      for (let index = 0; index < 1000; index++) {
        const block = Block.allocate(1000 + index, { allocator });
        if (index % 2) block.bytes.fill(1);
        if (index % 5 === 0) block.resize(5000);
      }
    };
    allocators.forEach(forget);
    await collect(nothing);
    console.log(JSON.stringify(live()));`,
    { flags: [...flags, '--no-warnings'] },
  );
  expect(child).toMatchObject({ status: 0, stderr: '' });
  const counts = JSON.parse(child.stdout) as unknown[];
  expect(counts).toEqual(counts.map(() => ({ blocks: 0, bytes: 0 })));
});

test('a block lives as long as any view of its bytes', () => {
  const child = script(
    `for (const allocator of allocators) {
      const views = [];
      const make = () => {
        const block = Block.allocate(1000, { allocator });
        block.bytes.fill(7);
        views.push(block.bytes.subarray(5, 9), new DataView(block.bytes.buffer));
      };
      make();
      let collected = false;
      for (let round = 0; round < 20; round++) { gc(); await wait(2); }
      if (nothing() || views[0].length !== 4 || views[0][0] !== 7) throw new Error('freed under a view');
      views.pop();
      for (let round = 0; round < 20; round++) { gc(); await wait(2); }
      if (nothing() || views[0].length !== 4) throw new Error('freed under the last view');
      views.pop();
      await collect(nothing);
      if (!nothing()) throw new Error('not freed');
    }
    console.log('done');`,
    { flags: [...flags, '--no-warnings'] },
  );
  expect(child).toMatchObject({ status: 0, stderr: '', stdout: 'done\n' });
});

const warnings = `const seen = [];
  process.on('warning', (warning) => seen.push([warning.name, warning.code, warning.message]));`;
const forget = `
  const first = () => { Block.allocate(10); };
  const second = () => { Block.allocate(10).bytes.fill(1); };
  const freed = () => { Block.allocate(10).free(); };
  for (let index = 0; index < 50; index++) { first(); second(); freed(); }
  await collect(nothing);
  await wait(20);
  console.log(JSON.stringify(seen));`;

test.each([
  ['trackForgotten', `Block.trackForgotten();`, {}],
  ['the environment', '', { ALLOMORPH_TRACK_BLOCKS: '1' }],
])('tracked by %s, each place is reported once, with file and line', (_name, turnOn, env) => {
  const child = script(warnings + turnOn + forget, { flags: [...flags, '--no-warnings'], env });
  expect(child).toMatchObject({ status: 0, stderr: '' });
  const seen = JSON.parse(child.stdout) as [string, string, string][];
  expect(seen).toHaveLength(2);
  const places = seen.map(([name, code, message]) => {
    expect([name, code]).toEqual(['AllomorphWarning', 'ALLOMORPH_FORGOTTEN_BLOCK']);
    return /allocated at (\S+:\d+:\d+) /.exec(message)?.[1];
  });
  expect(new Set(places).size).toBe(2);
  expect(places.every((place) => place?.startsWith('[eval]:'))).toBe(true);
});

test('not tracked, there is one warning, which says how to learn the place', () => {
  const child = script(warnings + forget, { flags: [...flags, '--no-warnings'] });
  const seen = JSON.parse(child.stdout) as [string, string, string][];
  expect(seen).toHaveLength(1);
  expect(seen[0]![2]).toContain('Block.trackForgotten()');
});

test('an error about a freed block names its place when that was tracked', () => {
  const child = script(
    `Block.trackForgotten();
    const block = Block.allocate(10);
    block.free();
    try { block.free(); } catch (error) { console.log(error.code, error.message); }
    Block.trackForgotten(false);
    const other = Block.allocate(10);
    other.free();
    try { other.free(); } catch (error) { console.log(error.message); }`,
  );
  expect(child.stdout).toMatch(
    /^ERR_ALLOMORPH_FREED The block of \[eval\]:\d+:\d+ was freed before/,
  );
  expect(child.stdout).toMatch(/\nThe block was freed before/);
});

test('an allocator in JavaScript that throws when a forgotten block goes back causes a warning', () => {
  const child = script(
    `${warnings}
    const allocator = { ...passingOn(system), deallocate() { throw new Error('no way'); } };
    (() => { Block.allocate(100, { allocator }); })();
    await collect(() => seen.length === 2);
    console.log(seen.map(([, code]) => code).sort().join(' '), seen.some(([, , text]) => text.includes('no way')));`,
    { flags: [...flags, '--no-warnings'] },
  );
  expect(child).toMatchObject({
    status: 0,
    stderr: '',
    stdout: 'ALLOMORPH_DEALLOCATION_FAILED ALLOMORPH_FORGOTTEN_BLOCK true\n',
  });
});

test('a loop that never yields holds one block at a time', () => {
  const child = script(
    `let most = 0;
    for (let index = 0; index < 2000; index++) {
      const block = Block.allocate(1_000_000);
      block.bytes[index] = 1;
      most = Math.max(most, system.live().blocks);
      block.free();
    }
    console.log(most, process.memoryUsage().rss < 300e6);`,
  );
  expect(child).toMatchObject({ status: 0, stderr: '', stdout: '1 true\n' });
});
