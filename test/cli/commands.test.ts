import path from 'node:path';
import { existsSync } from 'node:fs';
import { allocators, jemalloc, type AllocatorInfo } from 'allomorph';
import type { Diagnosis } from 'allomorph/doctor/diagnose';
import { fields, wrap } from 'allomorph/doctor/layout';
import { binariesFolder } from '../support/binaries.js';
import { cli, run, type Ended } from '../support/child.js';

const allomorph = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  run(process.execPath, [cli, ...args], env);

function expectRefusal(ended: Ended, message: RegExp): void {
  expect(ended).toMatchObject({ status: 125, stdout: '' });
  expect(ended.stderr).toMatch(message);
  expect(ended.stderr).toMatch(/^allomorph: .*\.\n$/);
}

describe('doctor', () => {
  test('exit status 0 with notes, 1 with warnings, 1 with errors', () => {
    expect(allomorph(['doctor'], { MALLOC_ARENA_MAX: '2' })).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(allomorph(['doctor'], { _RJEM_MALLOC_CONF: 'a:b' }).status).toBe(1);
    expect(allomorph(['doctor'], { LD_PRELOAD: '/no/such.so' }).status).toBe(1);
  });

  test('says the same in words and in JSON, worst first', () => {
    const env = { LD_PRELOAD: '/no/such.so', MALLOC_ARENA_MAX: '2', _RJEM_MALLOC_CONF: 'a:b' };
    const text = allomorph(['doctor'], env).stdout;
    const { schema, facts, findings } = JSON.parse(
      allomorph(['doctor', '--json'], env).stdout,
    ) as Diagnosis;
    expect(schema).toBe(1);
    expect(facts.environment).toMatchObject(env);
    const order = findings.map(({ severity }) => ['error', 'warning', 'info'].indexOf(severity));
    expect(order).toEqual([...order].sort());
    for (const { id, severity } of findings) {
      expect(text).toMatch(new RegExp(`^${severity.toUpperCase()}: [^[]*\\[${id}\\]`, 'm'));
    }
    expect(text).toMatch(/\n1 error, \d+ warnings?, \d+ notes?\.\n$/);
  });

  test('fits 100 columns, but for what cannot be broken', () => {
    const { stdout } = allomorph(['doctor'], { LD_PRELOAD: '/no/such.so', MALLOC_ARENA_MAX: '2' });
    for (const line of stdout.split('\n')) {
      if (line.length > 100) expect(line.trim().split(/\s+/).length).toBeLessThan(3);
    }
  });

  test.each([
    [['--pid', 'x'], /--pid is "x"/],
    [['--pid', '0'], /--pid is "0"/],
    [['--pid', '999999999'], /--pid is 999999999, and there is no such process/],
    [['--pid'], /^allomorph: --pid needs a value, and none is given\.$/m],
    [['--pdi', '1'], /Unknown option --pdi of doctor\. Valid: --json, --pid\./],
    [['--pid', '-1'], /^allomorph: --pid is "-1"\. It takes the number of a process/],
    [['--pid', '--json'], /^allomorph: --pid needs a value, and "--json" follows it\./],
    [['--json=1'], /^allomorph: --json takes no value, and "1" is given\./],
    [['-j'], /Unknown option -j of doctor\./],
    [['1234'], /Unexpected "1234" after allomorph doctor\. See allomorph doctor --help\./],
  ])('refuses %j', (args, message) => {
    expectRefusal(allomorph(['doctor', ...args]), message);
  });
});

describe('allocators', () => {
  test('one line each, aligned, with the path last', () => {
    const { stdout, status } = allomorph(['allocators']);
    expect(status).toBe(0);
    const [head = '', ...lines] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^name +version +usable for +library$/);
    expect(lines).toHaveLength(allocators().length);
    const column = head.indexOf('library');
    for (const [index, { name, version, path: file, builtIn }] of allocators().entries()) {
      // Nothing is loaded: of a library that is installed, only its name can be told.
      const shown = builtIn ? version : version === null ? '?' : `file .so.${version}`;
      expect(lines[index]).toMatch(new RegExp(`^${name} +${shown} `));
      expect(lines[index]!.slice(column)).toBe(file ?? '(the C library)');
    }
  });

  test('--json', () => {
    const { stdout } = allomorph(['allocators', '--json']);
    const printed = JSON.parse(stdout) as { schema: number; allocators: AllocatorInfo[] };
    expect(printed).toEqual({ schema: 1, allocators: allocators() });
  });

  test('refuses words', () => expectRefusal(allomorph(['allocators', 'x']), /Unexpected "x"/));
});

describe('preload', () => {
  const own = path.join(binariesFolder, 'liballomorph-jemalloc.so');

  test.each([[['preload']], [['preload', 'jemalloc']]])('%j: the path and nothing else', (args) => {
    if (jemalloc.available) {
      expect(allomorph(args)).toEqual({ status: 0, signal: null, stdout: `${own}\n`, stderr: '' });
    } else {
      expectRefusal(allomorph(args), /was not built/);
    }
  });

  test('those of the machine, by their names', () => {
    for (const { name, path: file, builtIn } of allocators()) {
      if (builtIn || file === null || name === 'jemalloc') continue;
      const { stdout, status } = allomorph(['preload', name]);
      expect(status).toBe(0);
      expect(path.isAbsolute(stdout)).toBe(true);
      expect(existsSync(stdout.trimEnd())).toBe(true);
    }
  });

  test('what it prints works', () => {
    if (!jemalloc.available) return;
    const name = `require('allomorph').processAllocator().library`;
    const child = run('sh', ['-c', `LD_PRELOAD="$(node ${cli} preload)" node -p "${name}"`]);
    expect(child.stdout).toBe(`${own}\n`);
  });

  test.each([
    [['preload', 'jemaloc'], /"jemaloc".*Valid: jemalloc, .*mimalloc/],
    [['preload', 'system'], /leave LD_PRELOAD alone/],
    [['preload', 'jemalloc', 'mimalloc'], /Unexpected "mimalloc"/],
    [['preload', '--json'], /Unknown option --json of preload\. It takes no options/],
  ])('refuses %j', (args, message) => expectRefusal(allomorph(args), message));
});

test('help names every command', () => {
  const { stdout } = allomorph(['--help']);
  for (const command of ['doctor', 'allocators', 'preload'])
    expect(stdout).toContain(`\n  ${command} [`);
});

test.each(['run', 'compare', 'doctor', 'allocators', 'check', 'preload', 'new'])(
  'help about %s alone, wherever it is asked for',
  (command) => {
    const asked = allomorph([command, '--help']);
    expect(asked).toMatchObject({ status: 0, stderr: '' });
    expect(asked.stdout).toMatch(new RegExp(`^Usage: allomorph ${command}\\b`));
    expect(asked.stdout.match(/^Usage: /gm)).toHaveLength(1);
    for (const args of [
      [command, '-h'],
      ['help', command],
    ])
      expect(allomorph(args)).toEqual(asked);
  },
);

test('help among other options, but not in the command that is to be run', () => {
  expect(allomorph(['run', '--allocator', 'nosuch', '--help']).stdout).toMatch(
    /^Usage: allomorph run/,
  );
  expect(allomorph(['check', 'libx.so', '--help']).stdout).toMatch(/^Usage: allomorph check/);
  expect(
    allomorph(['run', '--allocator', 'system', 'sh', '-c', 'echo "$@"', 'sh', '--help']),
  ).toMatchObject({
    status: 0,
    stdout: '--help\n',
  });
  expectRefusal(allomorph(['help', 'nosuch']), /There is no command "nosuch"/);
});

describe('layout', () => {
  test('wraps at 100 columns, indents, and leaves long words whole', () => {
    const word = 'x'.repeat(40);
    const lines = wrap(`${word} ${word} ${word} ${'y'.repeat(200)} z`, 8);
    expect(lines).toEqual([
      `${word} ${word}`,
      `        ${word}`,
      `        ${'y'.repeat(200)}`,
      '        z',
    ]);
  });

  test('puts values below each other', () => {
    expect(
      fields(
        [
          ['a', 'one'],
          ['long', 'two'],
        ],
        '  ',
      ),
    ).toBe('  a     one\n  long  two');
  });
});
