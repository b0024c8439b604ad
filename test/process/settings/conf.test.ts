import path from 'node:path';
import { jemalloc } from 'allomorph';
import { checkConf, doubtfulConf } from 'allomorph/process/settings/conf';
import { glibcDialect } from 'allomorph/process/settings/glibc';
import { ownJemallocOptions, wrongForOwnJemalloc } from 'allomorph/process/settings/own-jemalloc';
import { jemallocOptions } from 'allomorph/process/settings/jemalloc-options';
import { nearest } from 'allomorph/support/nearest';
import { binariesFolder } from '../../support/binaries.js';
import { cli, run } from '../../support/child.js';

const start = (...args: string[]) =>
  run(process.execPath, [cli, 'run', ...args, '--', 'echo', 'ran']);

const valid: Record<string, string[]> = {
  junk: ['alloc', 'true'],
  zero_realloc: ['free'],
  thp: ['never', 'default'],
  metadata_thp: ['auto'],
  percpu_arena: ['percpu'],
  dss: ['secondary'],
  prof_time_resolution: ['default'],
  narenas: ['default', '4', '0x4'],
  narenas_ratio: ['0.5', '2', '.5', '1.5'],
  hpa_hugification_threshold_ratio: ['0.5', '1', '1.0'],
  hpa_dirty_mult: ['-1', '0.25'],
  lg_tcache_nslots_mul: ['-16', '1'],
  bin_shards: ['1-160:16', '1-160:64|0x100-512:1', '1-160:2|'],
  slab_sizes: ['default', '1-4096:2', '1-4096:17|4097-8192:4'],
  prof_prefix: ['any', '', '/tmp/my run', 'a:b'],
  stats_print_opts: ['J', ''],
  stats_interval_opts: ['J', ''],
  dirty_decay_ms: ['-1', '18446744072000', '010'],
  muzzy_decay_ms: ['0', '18446744072000'],
  stats_interval: ['-1', '9223372036854775807'],
  oversize_threshold: ['0', '8070450532247928832'],
  tcache_max: ['64', '18446744073709551615'],
};
/** A value that is right for the option, told apart only by whether jemalloc says so. */
const candidates = (name: string) => valid[name] ?? ['true', '-1', '1', '64'];
const wrong: readonly [string, string][] = [
  ['background_thread', 'yes'],
  ['dirty_decay_ms', 'abc'],
  ['dirty_decay_ms', '-2'],
  ['dirty_decay_ms', '10s'],
  ['thp', 'sometimes'],
  ['narenas', '0'],
  ['narenas', 'many'],
  ['lg_tcache_nslots_mul', '17'],
  ['lg_extent_max_active_fit', '65'],
  ['tcache_max', '32k'],
  ['narenas_ratio', 'half'],
  ['narenas_ratio', '1.'],
  ['narenas_ratio', '65536'],
  ['hpa_dirty_mult', '1.'],
  ['hpa_hugification_threshold_ratio', '2.5'],
  ['dirty_decay_ms', ''],
  ['dirty_decay_ms', '08'],
  ['dirty_decay_ms', '9223372036854775807'],
  ['muzzy_decay_ms', '99999999999999999999'],
  ['stats_interval', '12345678901234567890'],
  ['stats_interval', '9223372036854775808'],
  ['prof_recent_alloc_max', '9223372036854775808'],
  ['oversize_threshold', '8070450532247928833'],
  ['tcache_max', '18446744073709551616'],
  ['bin_shards', 'garbage'],
  ['bin_shards', 'default'],
  ['bin_shards', ''],
  ['bin_shards', '1-160:0'],
  ['bin_shards', '1-160:65'],
  ['slab_sizes', 'garbage'],
  ['slab_sizes', '1-4096:2|garbage'],
  ['metadata_thp', 'on'],
];

describe('what --conf says for our own jemalloc', () => {
  if (!jemalloc.available) {
    test('is refused with the allocator itself', () => {
      expect(start('--conf', 'narenas:2').status).toBe(125);
    });
    return;
  }
  const own = path.join(binariesFolder, 'liballomorph-jemalloc.so');
  /** What jemalloc itself complains of. */
  const complaint = (conf: string) =>
    run('/bin/true', [], { LD_PRELOAD: own, MALLOC_CONF: conf }).stderr;

  test.each(ownJemallocOptions())('%s: judged as jemalloc itself does', (name) => {
    const right = candidates(name).filter(
      (value) => wrongForOwnJemalloc(`${name}:${value}`) === undefined,
    );
    if (name in valid) expect(right).toEqual(valid[name]);
    expect(right).not.toEqual([]);
    for (const value of right) {
      expect(complaint(`${name}:${value}`)).not.toMatch(/Invalid|Out-of-range/);
    }
  });

  test.each(wrong)('%s:%s is refused by both', (name, value) => {
    expect(complaint(`${name}:${value}`)).toMatch(/Invalid|Out-of-range/);
    expect(wrongForOwnJemalloc(`${name}:${value}`)).toContain(`"${name}:${value}"; ${name} takes `);
  });

  test('names of other releases, and of none, are refused by both', () => {
    const names = [...jemallocOptions()].filter((name) => !ownJemallocOptions().includes(name));
    expect(names).toContain('decay_time');
    for (const name of [...names, 'dirty_decay']) {
      expect(complaint(`${name}:1`)).toMatch(/Invalid conf pair/);
      expect(wrongForOwnJemalloc(`${name}:1`)).toContain(`this jemalloc has no option "${name}"`);
    }
  });

  test('values may be empty, and have blanks and colons', () => {
    const conf = 'stats_print_opts:,prof_prefix:/tmp/my x:y';
    const child = run(process.execPath, [cli, 'run', '--conf', conf, '--', 'node', '-e', '0']);
    expect(child).toMatchObject({ status: 0, stderr: '' });
  });

  test('run ends with 125, the nearest name and the valid ones', () => {
    const child = start('--conf', 'dirty_decay_msx:1000');
    expect(child).toMatchObject({ status: 125, stdout: '' });
    expect(child.stderr).toMatch(
      /^allomorph: --conf has "dirty_decay_msx:1000"; this jemalloc has no option "dirty_decay_msx"\. Did you mean dirty_decay_ms\? Valid: .*narenas.*\.\n$/,
    );
    const behind = start('--allocator', 'counted:jemalloc', '--conf', 'narenas:x');
    expect(behind).toMatchObject({ status: 125, stdout: '' });
    expect(behind.stderr).toMatch(/narenas takes default, or an integer of at least 1/);
  });
});

test('a jemalloc of somebody else may have more: a warning', () => {
  const theirs = { kind: 'jemalloc', isOwn: false };
  expect(() => checkConf(theirs, 'nosuch:1')).not.toThrow();
  expect(doubtfulConf(theirs, 'nosuch:1,narenas:2,dirty_decay:1')).toEqual([
    '--conf has "nosuch:1"; no jemalloc that allomorph knows has such an option.',
    expect.stringMatching(/"dirty_decay:1".* Did you mean dirty_decay_ms\?$/),
  ]);
});

describe('tunables of glibc', () => {
  test.each([
    [
      'glibc.malloc.arena_mx=2',
      /no tunable "glibc\.malloc\.arena_mx"\. Did you mean glibc\.malloc\.arena_max\?/,
    ],
    ['glibc.maloc.arena_max=2', /no tunable "glibc\.maloc\.arena_max"/],
    ['glibc.malloc.arena_max=two', /arena_max takes a number/],
  ])('%s is refused', (conf, message) => {
    expect(() => glibcDialect.conf(conf)).toThrow(message);
  });

  test('-1 stands for no trimming', () => {
    const conf = 'glibc.malloc.trim_threshold=-1';
    expect(glibcDialect.conf(conf)).toMatchObject([{ value: conf }]);
    expect(() => glibcDialect.conf('glibc.malloc.arena_max=-1')).toThrow(/takes a number/);
  });

  test('those of the C library here are known', () => {
    const list = run('sh', ['-c', '/lib*/ld-linux*.so* --list-tunables']).stdout;
    for (const [, name = ''] of list.matchAll(/^(glibc\.[^:]+): 0/gm)) {
      expect(() => glibcDialect.conf(`${name}=1`)).not.toThrow();
    }
  });

  test('run ends with 125', () => {
    const child = start('--allocator', 'system', '--conf', 'glibc.malloc.arena_mx=2');
    expect(child).toMatchObject({ status: 125, stdout: '' });
  });
});

test('the nearest name', () => {
  expect(nearest('narena', ['narenas', 'tcache'])).toBe('narenas');
  expect(nearest('zzz', ['narenas', 'tcache'])).toBeUndefined();
});
