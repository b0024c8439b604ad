import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { abiTable, Block, globalAllocator, jemalloc, limited, system, toBigInt } from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';
import { Scratch, shell } from '../support/scratch.js';

interface Follower {
  create(table: bigint): object;
  append(log: object, bytes: Buffer): void;
  read(log: object): Buffer;
  clear(log: object): void;
}

/** What is beside this Node; otherwise node-gyp finds headers as it always does. */
function headers(): string {
  const given = process.env['npm_config_nodedir'] ?? process.env['NODEDIR'];
  const prefix = given ?? path.dirname(path.dirname(realpathSync(process.execPath)));
  return existsSync(path.join(prefix, 'include', 'node', 'node_api.h'))
    ? `--nodedir='${prefix}'`
    : '';
}

let scratch: Scratch;
let folder: string;
let follower: Follower;

beforeAll(() => {
  scratch = new Scratch();
  folder = scratch.copy(path.join('examples', 'native-addon'));
  const built = shell(`node-gyp rebuild ${headers()}`, folder);
  if (built.status !== 0) throw new Error(built.stdout + built.stderr);
  follower = createRequire(path.join(folder, 'demo.mjs'))(
    './build/Release/follower.node',
  ) as Follower;
}, 300_000);
afterAll(() => scratch[Symbol.dispose]());

expectNoLeaks();

const backends = [system, ...(jemalloc.available ? [jemalloc] : [])];

describe.each(backends)('a log on $name', (allocator) => {
  test('grows in memory of the allocator and gives it back', () => {
    const before = allocator.live();
    const log = follower.create(abiTable(allocator));
    expect(allocator.live()).toEqual(before);
    for (let index = 0; index < 1000; index++) {
      follower.append(log, Buffer.from(`line ${index}\n`));
    }
    const text = follower.read(log).toString();
    expect(text.startsWith('line 0\nline 1\n')).toBe(true);
    expect(text.endsWith('line 999\n')).toBe(true);
    const { blocks, bytes } = allocator.live();
    expect(blocks).toBe(before.blocks + 1);
    expect(bytes - before.bytes).toBeGreaterThanOrEqual(text.length);
    follower.clear(log);
    expect(allocator.live()).toEqual(before);
    expect(follower.read(log)).toHaveLength(0);
  });
});

test('stops at the limit that the program set, with the log as it was', () => {
  const small = limited(system, 64 * 1024);
  const log = follower.create(abiTable(small));
  follower.append(log, Buffer.alloc(40 * 1024, 1));
  expect(() => follower.append(log, Buffer.alloc(40 * 1024, 2))).toThrow(
    expect.objectContaining({ code: 'ERR_FOLLOWER_MEMORY' }),
  );
  expect(follower.read(log).equals(Buffer.alloc(40 * 1024, 1))).toBe(true);
  follower.clear(log);
  expect(small.used()).toBe(0);
  // Its table is out: nobody can know when the addon calls it for the last time.
  expect(() => small.close()).toThrow(expect.objectContaining({ code: 'ERR_ALLOMORPH_BUSY' }));
});

test.each([[undefined], [0n], [-1n], [1n << 64n], [4096], ['4096'], [null]])(
  'refuses %p for a table',
  (value) => {
    expect(() => follower.create(value as bigint)).toThrow(
      expect.objectContaining({ code: 'ERR_FOLLOWER_TABLE' }),
    );
  },
);

test.each([
  [2, 56, /another ABI version/],
  [0, 56, /another ABI version/],
  [1, 48, /lacks functions/],
])('refuses a table of version %d with %d bytes', (version, size, message) => {
  using table = Block.allocate(64, { align: 16, zero: true });
  table.bytes.writeUInt32LE(version, 0);
  table.bytes.writeUInt32LE(size, 4);
  expect(() => follower.create(toBigInt(table.address))).toThrow(
    expect.objectContaining({
      code: 'ERR_FOLLOWER_TABLE',
      message: expect.stringMatching(message),
    }),
  );
});

test.each([[undefined], [{}], [1], [null]])('refuses %p for a log', (value) => {
  expect(() => follower.read(value as object)).toThrow(
    expect.objectContaining({ code: 'ERR_FOLLOWER_LOG' }),
  );
});

test('refuses what is no Buffer', () => {
  const log = follower.create(abiTable(system));
  expect(() => follower.append(log, 'text' as unknown as Buffer)).toThrow(
    expect.objectContaining({ code: 'ERR_FOLLOWER_BYTES' }),
  );
});

test('follows the global choice, whichever it will be', () => {
  const log = follower.create(abiTable(globalAllocator()));
  const before = system.live();
  follower.append(log, Buffer.from('settles it'));
  expect(globalAllocator()).toBe(system);
  expect(system.live().blocks).toBe(before.blocks + 1);
  follower.clear(log);
});

test('the demonstration shows counts that move, for each allocator and for the global one', () => {
  for (const [name, environment] of [
    ['system', {}],
    ...(jemalloc.available ? [['jemalloc', { ALLOMORPH_ALLOCATOR: 'jemalloc' }] as const] : []),
  ] as const) {
    const ended = shell('node demo.mjs', folder, environment);
    expect(ended).toMatchObject({ status: 0, signal: null });
    expect(ended.stdout).toMatch(
      /^system: 180000 bytes logged\n {2}before {2}blocks 0, bytes 0\n {2}full {4}blocks 1, bytes \d{6}\n {2}cleared blocks 0, bytes 0$/m,
    );
    expect(ended.stdout).toMatch(/ERR_FOLLOWER_MEMORY/);
    const last = ended.stdout.trimEnd().split('\n').slice(-4);
    expect(last[0]).toBe(`${name}: 180000 bytes logged`);
    expect(last[2]).toMatch(/^ {2}full {4}blocks 1, bytes \d{6}$/);
  }
});
