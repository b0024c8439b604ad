import { faults, useLibraries, type Fault } from '../support/allocator-libraries.js';
import { cli, run } from '../support/child.js';

const check = (...args: string[]) => run(process.execPath, [cli, 'check', ...args]);

interface Report {
  schema: number;
  library: string;
  passed: boolean;
  seed: number;
  rules: {
    id: string;
    outcome: string;
    counterExample: { message: string; values: Record<string, unknown> } | null;
  }[];
}

const checkJson = (...args: string[]): { status: number | null; report: Report } => {
  const { status, stdout, stderr } = check('--json', ...args);
  expect(stderr).toBe('');
  return { status, report: JSON.parse(stdout) as Report };
};
const failures = (report: Report) => report.rules.filter(({ outcome }) => outcome === 'failed');

const libraries = useLibraries();

test('the classic five functions are right up to MIN_ALIGN, and above it shown to be wrong', () => {
  const { status, report } = checkJson(libraries.classic());
  expect(status).toBe(1);
  expect(failures(report).map(({ id }) => id)).toEqual([
    'over-alignment',
    'reallocate-over-aligned',
    'model-over-aligned',
  ]);
  const values = failures(report)[0]?.counterExample?.values as { address: string; align: number };
  expect(Number(values.address) % values.align).not.toBe(0);
  expect(Number(values.address) % 16).toBe(0);
});

test('corrected, they keep every rule, within seconds', () => {
  const start = performance.now();
  const { status, report } = checkJson(libraries.allocator());
  expect(performance.now() - start).toBeLessThan(20_000);
  expect(failures(report)).toEqual([]);
  expect([status, report.passed, report.rules.length]).toEqual([0, true, 20]);
});

test('symbols and load can be named, and are tried always', () => {
  const ids = (...rules: string[]) => {
    const named = rules.flatMap((rule) => ['--rule', rule]);
    const { status, report } = checkJson(libraries.allocator(), ...named);
    expect(status).toBe(0);
    return report.rules.map(({ id }) => id);
  };
  expect(ids('symbols')).toEqual(['symbols', 'load']);
  expect(ids('load')).toEqual(['symbols', 'load']);
  expect(ids('symbols', 'allocate')).toEqual(['symbols', 'load', 'allocate']);
  expect(check(libraries.allocator(), '--rule', 'nosuch').stderr).toMatch(/Valid: symbols, load, /);
});

/** The rule that each fault is to be named by, and what the counter-example says. */
const named: Record<Fault, [rule: string, counterExample: RegExp]> = {
  missing_symbol: ['symbols', /exports __rust_allocate, .* but not __rust_usable_size/],
  no_constructor: ['load', /^it crashes: SIGABRT/],
  under_aligned: [
    'alignment',
    /^allocate\(\d+, 16\) gave 0x[0-9a-f]+, which is not a multiple of 16/,
  ],
  align_above_size: [
    'alignment-above-size',
    /^allocate\(1, 2\) gave 0x[0-9a-f]+, which is not a multiple of 2/,
  ],
  overlaps: [
    'overlap',
    /^two live blocks share memory: 0x[0-9a-f]+ \(\d+ bytes, alignment \d+\) and 0x/,
  ],
  loses_content: [
    'reallocate',
    /^reallocate\(0x[0-9a-f]+, \d+, \d+, \d+\) gave 0x[0-9a-f]+: byte \d+ of the \d+/,
  ],
  shifts_content: ['reallocate-over-aligned', /gave 0x[0-9a-f]+: byte \d+ of the \d+ written/],
  crashes: ['allocate', /^it crashes in allocate\(\d+, \d+\): SIGSEGV/],
  hangs: [
    'reallocate',
    /^it hangs in reallocate\(0x[0-9a-f]+, \d+, \d+, \d+\): the rule had not ended after 1 s/,
  ],
  exits: ['usable-size', /^it ends the process in usable_size\(\d+, \d+\) with exit status 3/],
  never_exhausted: ['exhaustion', /^allocate\(4503599627370496, 1\) gave 0x/],
  frees_on_failure: ['reallocate-null', /gave null/],
  usable_below_size: [
    'usable-size',
    /^usable_size\(127, 1\) gave 126, which is less than the size/,
  ],
  usable_grows: ['usable-size-stable', /^usable_size\(1, 1\) is 17, so \d+ is an old_size/],
  usable_too_large: ['usable-room', /share memory|crashes/],
  insists_on_size: ['old-size', /^it crashes in deallocate\(0x[0-9a-f]+, \d+, \d+\): SIGABRT/],
  inplace_moves: ['inplace-room', /^reallocate_inplace\(.*has changed/],
  inplace_lies: ['inplace-room', /share memory/],
  inplace_reports_nothing: ['inplace-result', /gave 0: neither \d+ or more, nor usable_size/],
  thread_unsafe: ['threads', /./],
};

test.each(faults)('%s is named by its rule', (fault) => {
  const [rule, counterExample] = named[fault];
  // Of the others too: one that is broken may break what builds on it, never what it does not touch.
  const early = ['alignment', 'overlap', 'usable-size-stable', 'exhaustion', rule];
  const only = [...new Set(early)].filter((id) => id !== 'symbols' && id !== 'load');
  const { status, report } = checkJson(
    libraries.allocator(fault),
    '--timeout',
    fault === 'hangs' ? '1' : '10',
    ...only.flatMap((id) => ['--rule', id]),
  );
  expect(status).toBe(1);
  const failure = failures(report).find(({ id }) => id === rule);
  expect(failure?.counterExample?.message).toMatch(counterExample);
  const independent = ['alignment', 'overlap'].filter((id) => id !== rule);
  const isAlive = ![
    'missing_symbol',
    'no_constructor',
    'crashes',
    'exits',
    'under_aligned',
  ].includes(fault);
  for (const { id, outcome } of report.rules) {
    if (isAlive && independent.includes(id)) expect([id, outcome]).toEqual([id, 'passed']);
  }
});

test('after a crash the other rules are tried all the same', () => {
  const { report } = checkJson(libraries.allocator('crashes'));
  expect(report.rules).toHaveLength(20);
  const outcomes = Object.fromEntries(report.rules.map(({ id, outcome }) => [id, outcome]));
  expect(outcomes).toMatchObject({
    allocate: 'failed',
    exhaustion: 'passed',
    'over-alignment': 'passed',
  });
});

test('the table tells rules, counter-examples and a summary', () => {
  const { status, stdout } = check(
    libraries.classic(),
    '--rule',
    'alignment',
    '--rule',
    'over-alignment',
  );
  expect(status).toBe(1);
  expect(stdout).toMatch(/^pass {2}alignment +blocks are aligned as asked/m);
  expect(stdout).toMatch(/^FAIL {2}over-alignment/m);
  expect(stdout).toMatch(/^ +allocate\(\d+, \d+\) gave 0x/m);
  expect(stdout).toMatch(/libclassic\.so breaks 1 of 4 rules, seed 1\.\n$/);
});

test('functions with another prefix are found, or named', () => {
  const library = libraries.allocator(undefined, ['-DPREFIX=my_']);
  expect(checkJson(library, '--rule', 'alignment').status).toBe(0);
  expect(checkJson(library, '--rule', 'alignment', '--prefix', 'my_').status).toBe(0);
  const { status, report } = checkJson(library, '--prefix', 'your_');
  expect([status, failures(report).map(({ id }) => id)]).toEqual([1, ['symbols']]);
});

test.each<[string, string[], RegExp]>([
  ['no library', [], /There is no library to check/],
  ['two', ['a.so', 'b.so'], /Unexpected "b.so"/],
  [
    'a file that does not exist',
    ['no/such.so'],
    /\/no\/such\.so does not exist\. Give the path of/,
  ],
  ['a file that is no library', ['package.json'], /is not an ELF file/],
  [
    'a rule that does not exist',
    ['x.so', '--rule', 'speed'],
    /--rule is "speed"\. Valid: symbols, load, allocate, /,
  ],
  ['a seed that is none', ['x.so', '--seed', 'x'], /--seed is "x"/],
  ['a time limit that is none', ['x.so', '--timeout', '0'], /--timeout is "0"/],
])('%s cannot be checked: 125', (_name, args, message) => {
  const { status, stdout, stderr } = check(...args);
  expect([status, stdout]).toEqual([125, '']);
  expect(stderr).toMatch(message);
});

test('a time limit within which no process starts is said in a sentence: 125', () => {
  const { status, stdout, stderr } = check(libraries.classic(), '--timeout', '0.0001');
  expect([status, stdout]).toEqual([125, '']);
  expect(stderr).toMatch(
    /^allomorph: \S+ could not be tried: the process that does it did not get as far as the next rule within 0\.0001 s\. Give it more time: --timeout, in seconds\.\n$/,
  );
});

test('a library that the dynamic linker refuses cannot be checked: 125, with the cure', () => {
  const library = libraries.compile(
    'undefined',
    'extern int nowhere(void); void *malloc(unsigned long n) { return (void *)(n + nowhere()); } void free(void *p) {(void)p;} void *realloc(void *p, unsigned long n) {(void)n; return p;} void *memalign(unsigned long a, unsigned long n) {return (void *)(a + n);}',
    ['-fno-builtin'],
  );
  const { status, stderr } = check(library);
  expect(status).toBe(125);
  expect(stderr).toMatch(/undefined symbol: nowhere.*link it with the one that does/s);
});
