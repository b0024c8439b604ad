import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { jemalloc } from 'allomorph';
import { root } from '../support/child.js';
import { CompiledFixtures } from '../support/compiled.js';
import { node, onAllocator } from './support/interposed.js';

// Whole processes on checked: a C program with one fault, and Node, which has none.

const fixtures = new CompiledFixtures();
// Its functions have names that dladdr finds, and the compiler takes no fault away.
const faulty = fixtures.program('test/fixtures/faulty.c', [
  ...['-O0', '-fno-builtin', '-rdynamic', '-pthread'],
  ...['-Wno-use-after-free', '-Wno-unknown-warning-option'],
]);
const classic = fixtures.library('test/fixtures/allocators/classic.c');
afterAll(() => {
  fixtures.remove();
});

const poison = 'checked:leaks=off:system';
const pageGuard = 'checked:level=page-guard,every=1,leaks=off:system';

interface Fault {
  kind: string;
  /** After `==allomorph== `. */
  says: RegExp;
  /** The functions that the report names, each under its heading. */
  names?: readonly [heading: string, symbol: string][];
  align?: number;
}

const allocated = ['allocated at', 'allocating_function'] as const;
const freed = ['freed at', 'freeing_function'] as const;
const called = ['called at', 'freeing_function'] as const;
const accessed = (symbol: string) => ['accessed at', symbol] as const;

/** The same at both levels: found by a call, or at the end. */
const foundByCalls: readonly Fault[] = [
  {
    kind: 'underflow',
    says: /^underflow: the byte at offset -1 of the block was overwritten with 0x42$/,
    names: [[...allocated], [...called]],
  },
  {
    kind: 'aligned-underflow',
    says: /^underflow: the byte at offset -3 of the block was overwritten with 0x42$/,
    names: [['allocated at', 'main'], [...called]],
    align: 256,
  },
  {
    kind: 'aligned-padding-underflow',
    says: /^underflow: the byte at offset -40 of the block was overwritten with 0x42$/,
    names: [['allocated at', 'main'], [...called]],
    align: 256,
  },
  {
    kind: 'double-free',
    says: /^double-free: the block was freed already$/,
    names: [[...allocated], [...freed], [...called]],
  },
  {
    kind: 'aligned-double-free',
    says: /^double-free: the block was freed already$/,
    names: [['allocated at', 'main'], [...freed], [...called]],
    align: 256,
  },
  {
    kind: 'realloc-after-free',
    says: /^double-free: the block was freed already$/,
    names: [[...allocated], [...freed], ['called at', 'main']],
  },
  {
    kind: 'wrong-size',
    says: /^wrong-size: size 63 was passed for a block that was allocated with 64$/,
    names: [[...allocated], ['called at', 'main']],
  },
  {
    kind: 'wrong-alignment',
    says: /^wrong-alignment: alignment 128 was passed for a block that was allocated with 16$/,
    names: [[...allocated], ['called at', 'main']],
  },
  {
    kind: 'interior',
    says: /^interior-free: 0x[0-9a-f]+ is at offset 16 of the block, not its start$/,
    names: [[...allocated], [...called]],
  },
];

const foundByPoison: readonly Fault[] = [
  {
    kind: 'overflow',
    says: /^overflow: the byte at offset 64 of the block was overwritten with 0x42$/,
    names: [[...allocated], [...called]],
  },
  {
    kind: 'realloc-overflow',
    says: /^overflow: the byte at offset 64 of the block was overwritten with 0x42$/,
    names: [[...allocated], ['called at', 'main']],
  },
  {
    kind: 'write-after-free',
    says: /^use-after-free: the byte at offset 5 of the block was overwritten with 0x42$/,
    names: [[...allocated], [...freed]],
  },
];

const foundByGuards: readonly Fault[] = [
  {
    kind: 'overflow',
    says: /^overflow: access to 0x[0-9a-f]+, at offset 64 of the block$/,
    names: [[...allocated], [...accessed('writing_function')]],
  },
  {
    kind: 'far-underflow',
    says: /^underflow: access to 0x[0-9a-f]+, at offset -4050 of the block$/,
    names: [[...allocated], [...accessed('writing_function')]],
  },
  {
    kind: 'write-after-free',
    says: /^use-after-free: access to 0x[0-9a-f]+, at offset 5 of the block$/,
    names: [[...allocated], [...freed], [...accessed('writing_function')]],
  },
  {
    kind: 'read-after-free',
    says: /^use-after-free: access to 0x[0-9a-f]+, at offset 5 of the block$/,
    names: [[...allocated], [...freed], [...accessed('reading_function')]],
  },
];

const linesOf = (report: string) =>
  report
    .trimEnd()
    .split('\n')
    .map((line) => {
      expect(line).toMatch(/^==allomorph== /);
      return line.replace('==allomorph== ', '');
    });

/** One fault, and nothing else. */
function expectReport(report: string, { says, names = [], align = 16 }: Fault): void {
  const [first, block, ...rest] = linesOf(report);
  expect(first).toMatch(says);
  expect(block).toMatch(
    new RegExp(`^  block 0x[0-9a-f]+, size 64, alignment ${String(align)}, (live|freed)$`),
  );
  const found = rest.flatMap((line, index) =>
    line.startsWith('    ') ? [] : [[line.trim(), /\((\w+)\+/.exec(rest[index + 1] ?? '')?.[1]]],
  );
  expect(found).toEqual(names);
}

describe.each([
  { level: 'poison', spec: poison, faults: [...foundByCalls, ...foundByPoison] },
  { level: 'page-guard', spec: pageGuard, faults: foundByCalls },
])('a program on checked, level $level, is told, and goes on', ({ spec, faults }) => {
  test.each(faults)('$kind', (fault) => {
    const child = onAllocator(spec, [faulty, fault.kind]);
    expect(child).toMatchObject({ status: 0, stdout: 'went on\n' });
    expectReport(child.stderr, fault);
  });

  test('an address on the stack', () => {
    const child = onAllocator(spec, [faulty, 'stack']);
    expect(child).toMatchObject({ status: 0, stdout: 'went on\n' });
    const [first, heading, frame] = linesOf(child.stderr);
    expect(first).toMatch(/^foreign-free: 0x[0-9a-f]+ is no block: /);
    expect(heading).toBe('  called at');
    expect(frame).toMatch(/^ {4}#0 .*\/faulty\+0x[0-9a-f]+ \(freeing_function\+/);
  });

  test.each(['none', 'right-size'])('nothing wrong: %s', (kind) => {
    const child = onAllocator(spec, [faulty, kind]);
    expect(child).toMatchObject({ status: 0, stdout: 'went on\n', stderr: '' });
  });

  test('a leak', () => {
    const child = onAllocator(spec.replace('leaks=off', 'leaks=all'), [faulty, 'leak']);
    expect(child).toMatchObject({ status: 0, stdout: 'went on\n' });
    expect(child.stderr).toMatch(/^==allomorph== leak: \d+ blocks with \d+ bytes are live\n/);
    expect(child.stderr).toMatch(
      /1 of size 64, alignment 16: block 0x[0-9a-f]+\n==allomorph== {3}allocated at\n==allomorph== {5}#0 \S+\/faulty\+0x[0-9a-f]+ \(allocating_function\+/,
    );
  });

  test('on-fault=abort ends it with SIGABRT, after the report', () => {
    const child = onAllocator(spec.replace(':system', ',on-fault=abort:system'), [
      faulty,
      'double-free',
    ]);
    expect(child).toMatchObject({ status: null, signal: 'SIGABRT', stdout: '' });
    expect(child.stderr).toMatch(/^==allomorph== double-free: /);
  });

  test.each([
    ['a fault that a call finds', 'double-free', '', 33],
    ['a fault that is found at the end', 'write-after-free', '', spec === poison ? 33 : null],
    ['a damaged block that is live at the end', 'live-overflow', '', spec === poison ? 33 : null],
    ['nothing wrong', 'none', '', 0],
    ['a leak, which is no fault', 'leak', 'leaks=off', 0],
    ['a leak in a summary', 'leak', 'leaks=on', 0],
    ['a leak where all are asked about', 'leak', 'leaks=all', 33],
  ])('exit-status=33: %s', (_name, kind, leaks, status) => {
    const options = spec.replace(':system', ',exit-status=33:system');
    const child = onAllocator(leaks === '' ? options : options.replace('leaks=off', leaks), [
      faulty,
      kind,
    ]);
    // Guards end it at the access.
    expect(child.status).toBe(status);
    // What was written to stdout is not lost.
    if (status !== null) expect(child.stdout).toBe('went on\n');
  });

  test('exit-status changes the status of an exit in another thread, while one reads stdin', () => {
    const child = onAllocator(spec.replace(':system', ',exit-status=33:system'), [
      faulty,
      'exit-in-thread',
    ]);
    expect(child).toMatchObject({ status: 33, stdout: 'went on\n' });
  });

  test('report=FILE', () => {
    const file = path.join(fixtures.folder, 'report.txt');
    const relative = `./${path.relative(root, file)}`;
    for (let runs = 1; runs <= 2; runs++) {
      const child = onAllocator(spec.replace(':system', `,report=${relative}:system`), [
        faulty,
        'double-free',
      ]);
      expect(child).toMatchObject({ status: 0, stderr: '', stdout: 'went on\n' });
      expect(readFileSync(file, 'utf8').match(/double-free/g)).toHaveLength(runs);
    }
    rmSync(file);
  });

  test('report=FILE on a full disk: on stderr', () => {
    const full = spec.replace(':system', ',report=/dev/full:system');
    const child = onAllocator(full, [faulty, 'double-free']);
    expect(child).toMatchObject({ status: 0, stdout: 'went on\n' });
    expect(child.stderr.match(/double-free: the block was freed already/g)).toHaveLength(1);
  });
});

test.each(foundByGuards)('page-guard ends the program at the access: $kind', (fault) => {
  const child = onAllocator(pageGuard, [faulty, fault.kind]);
  expect(child).toMatchObject({ status: null, signal: 'SIGSEGV', stdout: '' });
  expectReport(child.stderr, fault);
});

describe('on a library with the five functions', () => {
  const relative = `./${path.relative(root, classic)}`;

  test('the faults of a program', () => {
    const child = onAllocator(`checked:leaks=off:${relative}`, [faulty, 'overflow']);
    expect(child).toMatchObject({ status: 0, stdout: 'went on\n' });
    expectReport(child.stderr, foundByPoison[0]!);
  });

  test('Node', () => {
    const child = onAllocator(`checked:leaks=off:${relative}`, [process.execPath, '-p', '1']);
    expect(child).toMatchObject({ status: 0, stdout: '1\n', stderr: '' });
  });
});

const work = `
  const { Worker } = require('node:worker_threads');
  const { execFileSync } = require('node:child_process');
  const zlib = require('node:zlib');
  const text = Buffer.alloc(1 << 18, 'some text that repeats, and repeats');
  const zip = () => new Promise((resolve, reject) => {
    zlib.gzip(text, (error, packed) => error ? reject(error) : zlib.gunzip(packed, (failure, plain) =>
      failure || !plain.equals(text) ? reject(failure ?? new Error('different')) : resolve()));
  });
  const thread = () => new Promise((resolve, reject) => {
    new Worker('require("node:zlib").deflateSync(Buffer.alloc(1e5))', { eval: true })
      .once('error', reject).once('exit', resolve);
  });
  (async () => {
    await Promise.all(Array.from({ length: 16 }, zip));
    for (let round = 0; round < 2; round++) await Promise.all([thread(), thread(), thread()]);
    console.log(execFileSync(process.execPath, ['-p', '"child"'], { encoding: 'utf8' }).trim());
  })();`;

const leaves = jemalloc.available ? ['system', 'jemalloc'] : ['system'];

describe.each(leaves)('Node on checked in front of %s: zlib, threads and a child', (leaf) => {
  test.each(['leaks=off', 'level=page-guard,leaks=off'])('without a word: %s', (options) => {
    const child = node(`checked:${options}:${leaf}`, work);
    expect(child).toMatchObject({ status: 0, stdout: 'child\n', stderr: '' });
  });
});

test('guarding every block of Node: what exceeds the limit is checked as poison does, said once a process', () => {
  const child = node(pageGuard, work);
  expect(child).toMatchObject({ status: 0, stdout: 'child\n' });
  const lines = linesOf(child.stderr);
  expect(lines.length).toBeLessThanOrEqual(2);
  for (const line of lines) expect(line).toMatch(/^guard pages are exhausted \(vm\.max_map_count/);
});

test('the leaks of a whole Node are some twenty lines', () => {
  const child = onAllocator('checked:system', [process.execPath, '-p', '1']);
  expect(child).toMatchObject({ status: 0, stdout: '1\n' });
  const lines = linesOf(child.stderr);
  expect(lines[0]).toMatch(/^leak: \d+ blocks with \d+ bytes are live$/);
  expect(lines.at(-1)).toMatch(/^ {2}and \d+ more places$/);
  expect(lines.length).toBeLessThanOrEqual(22);
});

test('no block of this package is among the leaks of a program', () => {
  const child = onAllocator('checked:leaks=all:system', [faulty, 'leak']);
  expect(child.stderr).toContain('allocating_function');
  expect(child.stderr).not.toContain('liballomorph-');
});

test('Node with a worker and exit-status, without a fault, keeps its own status', () => {
  const script = `new (require('node:worker_threads').Worker)('', { eval: true }).once('exit', () => process.exit(5))`;
  const child = node('checked:leaks=off,exit-status=33:system', script);
  expect(child).toMatchObject({ status: 5, stderr: '' });
});

test.each([
  ['exit-status=0', /exit-status of checked is "0"/],
  ['exit-status=256', /exit-status of checked is "256"/],
  ['exit-status=yes', /exit-status of checked is "yes"/],
  ['every=0', /every of checked is "0"/],
  ['every=2', /every.*has no meaning without level=page-guard/],
  ['level=page-guard,every=4294967296', /every of checked is "4294967296"/],
  ['leaks=no', /leaks of checked is "no"/],
])('refused: %s', (options, message) => {
  const child = onAllocator(`checked:${options}:system`, [faulty, 'none']);
  expect(child).toMatchObject({ status: 125, stdout: '' });
  expect(child.stderr).toMatch(message);
});
