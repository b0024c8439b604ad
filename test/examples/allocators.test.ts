import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ConformanceReport } from 'allomorph';
import { root, type Ended } from '../support/child.js';
import { hasRustc, requireReason } from '../support/compilers.js';
import { Scratch, shell } from '../support/scratch.js';

/** What a README tells to run, from its first block of code. */
function lines(folder: string, beginning: string): string[] {
  const readme = readFileSync(path.join(folder, 'README.md'), 'utf8');
  const found = readme.split('\n').filter((line) => line.startsWith(`    ${beginning}`));
  expect(found).not.toEqual([]);
  return found.map((line) => line.trim());
}

interface Example {
  readonly folder: string;
  readonly compiler: string;
  readonly library: string;
}

const correct: Example[] = [
  { folder: 'c', compiler: 'cc', library: 'libclasses.so' },
  { folder: 'cpp', compiler: 'g++', library: 'libtlsf.so' },
  { folder: 'rust', compiler: 'rustc', library: 'libshards.so' },
];
const classic: Example[] = [
  { folder: 'classic', compiler: 'cc', library: 'libclassic.so' },
  { folder: 'classic', compiler: 'rustc', library: 'libclassic_rs.so' },
];

let scratch: Scratch;
beforeAll(() => {
  scratch = new Scratch();
  for (const folder of ['c', 'cpp', 'rust', 'classic', 'typescript']) {
    scratch.copy(path.join('examples', 'allocators', folder));
  }
});
afterAll(() => scratch[Symbol.dispose]());

const place = (folder: string) => path.join(scratch.folder, folder);

/** Built as its README says. False where the compiler is missing, with the reason asserted. */
function built({ folder, compiler, library }: Example): boolean {
  if (compiler === 'rustc' && !hasRustc) {
    requireReason('rustc');
    return false;
  }
  if (!existsSync(path.join(place(folder), library))) {
    for (const line of lines(place(folder), `${compiler} `)) {
      expect(shell(line, place(folder))).toEqual({
        status: 0,
        signal: null,
        stdout: '',
        stderr: '',
      });
    }
  }
  return true;
}

function check({ folder, library }: Example): { ended: Ended; report: ConformanceReport } {
  const ended = shell(`allomorph check ./${library} --json`, place(folder));
  expect(ended.stderr).toBe('');
  return { ended, report: JSON.parse(ended.stdout) as ConformanceReport };
}

function broken(report: ConformanceReport): string[] {
  return report.rules.filter(({ outcome }) => outcome === 'failed').map(({ id }) => id);
}

describe.each(correct)('examples/allocators/$folder', (example) => {
  const run = (command: string, environment: NodeJS.ProcessEnv = {}) =>
    shell(
      `allomorph run --allocator ./${example.library} -- ${command}`,
      place(example.folder),
      environment,
    );
  const program = (name: string) => `node '${path.join(root, 'examples', name)}'`;
  const small = { ALLOMORPH_EXAMPLE_JSON: '1', IDLE: '0' };

  test('builds with the line of its README, without a warning, and exports five names', () => {
    if (!built(example)) return;
    const { stdout } = shell(`nm -D --defined-only ${example.library}`, place(example.folder));
    const names = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ').at(-1));
    expect(names.sort()).toEqual([
      '__rust_allocate',
      '__rust_deallocate',
      '__rust_reallocate',
      '__rust_reallocate_inplace',
      '__rust_usable_size',
    ]);
    const needed = shell(`readelf -d ${example.library}`, place(example.folder)).stdout;
    expect(needed.match(/\(NEEDED\).*/g)).toEqual([expect.stringContaining('libc.so')]);
  });

  test('keeps the contract', () => {
    if (!built(example)) return;
    const { ended, report } = check(example);
    expect(broken(report)).toEqual([]);
    expect(report.passed).toBe(true);
    expect(ended.status).toBe(0);
  });

  test('serves as an allocator object, counted and without a block left', () => {
    if (!built(example)) return;
    const file = path.join(place(example.folder), example.library);
    const ended = shell(`node -e '${used}' '${file}'`, place(example.folder));
    expect(ended).toEqual({ status: 0, signal: null, stdout: 'used\n', stderr: '' });
  });

  test('all of Node: a burst of compression', () => {
    if (!built(example)) return;
    const ended = run(program('zlib-burst.mjs'), { ...small, BURST: '300' });
    expect(ended).toMatchObject({ status: 0, signal: null });
    const { done } = JSON.parse(ended.stdout) as { done: string };
    expect(done).toMatch(/^300 x/);
  });

  test('all of Node: threads that come and go', () => {
    if (!built(example)) return;
    const settings = { ...small, ROUNDS: '5', WORKERS: '10', BUFFERS: '500' };
    const ended = run(program('worker-rounds.mjs'), settings);
    expect(ended).toMatchObject({ status: 0, signal: null });
    const { done } = JSON.parse(ended.stdout) as { done: string };
    expect(done).toMatch(/^5 rounds of 10/);
  });

  test('all of Node: npm, and a tree of processes', () => {
    if (!built(example)) return;
    expect(run('npm --version')).toMatchObject({ status: 0, signal: null });
    const ended = run(`node -e '${tree}'`);
    expect(ended).toMatchObject({ status: 0, signal: null, stdout: '20 children\n' });
  });

  test('calls really reach it', () => {
    if (!built(example)) return;
    const command = `allomorph run --allocator counted:./${example.library} -- node -e 0`;
    const ended = shell(command, place(example.folder));
    expect(ended).toMatchObject({ status: 0, signal: null });
    expect(ended.stderr).toMatch(/counted: .*allocate \d{5,}, deallocate \d{5,}, .*failed 0;/);
  });
});

/** No single quotation mark: it stands between two in a shell. */
const used = `
  const { loadAllocator, Block } = require("allomorph");
  const assert = require("node:assert/strict");
  const allocator = loadAllocator(process.argv[1]);
  const block = Block.allocate(1000, { allocator, align: 4096 });
  assert.equal(block.address % 4096, 0);
  block.bytes.fill(7);
  for (const size of [100_000, 10_000_000, 5, 40_000]) {
    block.resize(size);
    assert.ok(block.bytes.subarray(0, 5).every((byte) => byte === 7));
    assert.equal(allocator.live().blocks, 1);
  }
  block.free();
  assert.deepEqual(allocator.live(), { blocks: 0, bytes: 0 });
  console.log("used");
`;

const tree = `
  const { spawnSync } = require("node:child_process");
  const child = () => spawnSync("sh", ["-c", "\\"$0\\" -p 1", process.execPath], { encoding: "utf8" });
  const good = Array.from({ length: 20 }, child).filter(({ stdout }) => stdout === "1\\n");
  console.log(good.length + " children");
`;

describe.each(classic)('examples/allocators/$folder, with $compiler', (example) => {
  test('passes up to MIN_ALIGN and fails above it, with a counter-example', () => {
    if (!built(example)) return;
    const { ended, report } = check(example);
    expect(ended.status).toBe(1);
    const outcome = Object.fromEntries(report.rules.map(({ id, outcome }) => [id, outcome]));
    expect(outcome).toMatchObject({
      symbols: 'passed',
      load: 'passed',
      allocate: 'passed',
      alignment: 'passed',
      overlap: 'passed',
      'usable-size': 'passed',
      reallocate: 'passed',
      exhaustion: 'passed',
      model: 'passed',
      'over-alignment': 'failed',
    });
    const shown = report.rules.find(({ id }) => id === 'over-alignment')?.counterExample;
    expect(shown?.message).toMatch(/allocate\(\d+, \d+\) gave 0x[0-9a-f]+/);
    expect(shown?.values['align']).toBeGreaterThan(16);
    expect(Number(shown?.values['address']) % Number(shown?.values['align'])).not.toBe(0);
    for (const id of broken(report)) expect(id).toMatch(/over-align/);
  });
});

test('examples/allocators/rust: no panic is left in it', () => {
  const rust = correct.find(({ folder }) => folder === 'rust')!;
  if (!built(rust)) return;
  const imported = shell(`nm -D --undefined-only ${rust.library}`, place('rust')).stdout;
  expect(imported).toMatch(/ mmap\b/);
  // The panic handler would call it.
  expect(imported).not.toMatch(/ abort\b/);
});

describe('examples/allocators/typescript', () => {
  test('builds with the lines of its README, keeps the contract and runs', () => {
    const folder = place('typescript');
    expect(shell(lines(folder, 'npx tsc')[0]!, folder)).toMatchObject({ status: 0, stdout: '' });
    const [checked, demo] = lines(folder, 'node build/').map((line) => shell(line, folder));
    expect(checked).toMatchObject({ status: 0, stderr: '' });
    expect(checked!.stdout).toMatch(/^passed +allocate /m);
    expect(checked!.stdout).not.toMatch(/^failed/m);
    expect(demo).toMatchObject({ status: 0, stderr: '' });
    expect(demo!.stdout).toMatch(/^a block of 3000000 bytes at [0-9a-f]+000$/m);
    expect(demo!.stdout).toMatch(/^left of the region: 0 blocks$/m);
  });
});

describe('examples/allocators/stress.c', () => {
  const stress = path.join(root, 'examples', 'allocators', 'stress.c');
  const strict = '-g -O1 -Wall -Wextra -Wundef -Wshadow -Wconversion -Werror -pthread';
  const cxx = `g++ -std=c++20 -fno-exceptions -fno-rtti ${strict}`;

  const newSeed = () => process.env['SEED'] ?? String(Date.now() % 1_000_000);
  const passes = (folder: string, program: string, seed: string) =>
    expect(shell(`./${program} ${seed}`, place(folder))).toEqual({
      status: 0,
      signal: null,
      stdout: `seed ${seed}\npassed\n`,
      stderr: '',
    });

  test.each([
    ['c', 'address and undefined behaviour', '-fsanitize=address,undefined', ''],
    ['c', 'threads', '-fsanitize=thread', '-DNO_FORK -DSTEPS=10000'],
    ['cpp', 'address and undefined behaviour', '-fsanitize=address,undefined', ''],
    ['cpp', 'threads', '-fsanitize=thread', '-DNO_FORK -DSTEPS=10000'],
  ])('%s: %s', (folder, _what, sanitizer, defines) => {
    const seed = newSeed();
    const link = folder === 'c' ? `cc -std=gnu11 ${strict}` : cxx;
    const sources = folder === 'c' ? '*.c' : '*.cc';
    const program = `stress-${sanitizer.slice(-6)}`;
    const build =
      `cc -std=gnu11 ${strict} ${sanitizer} ${defines} -c -o ${program}.o '${stress}' && ` +
      `${link} ${sanitizer} -o ${program} ${sources} ${program}.o`;
    expect(shell(build, place(folder))).toMatchObject({ status: 0, stderr: '' });
    passes(folder, program, seed);
  });

  // Sanitizers of Rust code need a nightly compiler.
  test('rust: three seeds', () => {
    if (!hasRustc) {
      requireReason('rustc');
      return;
    }
    const build =
      'rustc --edition 2021 --crate-type staticlib -C opt-level=3 -C panic=abort -C lto -o libstress.a allocator.rs && ' +
      `cc -std=gnu11 ${strict} -o stress '${stress}' libstress.a`;
    expect(shell(build, place('rust'))).toEqual({
      status: 0,
      signal: null,
      stdout: '',
      stderr: '',
    });
    const first = Number(newSeed());
    for (let seed = first; seed < first + 3; seed++) passes('rust', 'stress', String(seed));
  });
});
