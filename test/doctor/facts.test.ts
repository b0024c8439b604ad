import { symlinkSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cgroup } from 'allomorph/doctor/facts/cgroup';
import { unreadVariables } from 'allomorph/doctor/facts/environment';
import { confOptions, invalidPairs } from 'allomorph/process/settings/jemalloc-conf';
import { FactSource } from 'allomorph/doctor/facts/source';
import { removeFolders, temporaryFolder } from './support/compile.js';
import { diagnoseHere, diagnoseRunning } from './support/running.js';

afterAll(removeFolders);

function machine(files: Record<string, string>): FactSource {
  const root = temporaryFolder();
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), content);
  }
  return new FactSource(root);
}

describe('control group', () => {
  const gibibyte = 2 ** 30;

  test('version 2: the lowest limit on the way to the root', () => {
    const source = machine({
      '/proc/1/cgroup': '0::/a/b\n',
      '/sys/fs/cgroup/a/b/memory.current': '1000',
      '/sys/fs/cgroup/a/b/memory.max': String(2 * gibibyte),
      '/sys/fs/cgroup/a/memory.current': '5000',
      '/sys/fs/cgroup/a/memory.max': String(gibibyte),
      '/sys/fs/cgroup/a/memory.stat': 'anon 1\ninactive_file 2000\n',
    });
    expect(cgroup(source, '/proc/1')).toEqual({
      version: 2,
      path: '/sys/fs/cgroup/a',
      limit: gibibyte,
      usage: 5000,
      workingSet: 3000,
      oomKills: 0,
    });
  });

  test('version 1, on a hybrid machine, in a container that sees its own group as the root', () => {
    const source = machine({
      '/proc/1/cgroup': '5:cpu:/\n4:memory:/docker/0123\n0::/\n',
      '/sys/fs/cgroup/memory/memory.usage_in_bytes': '4096',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': String(gibibyte),
      '/sys/fs/cgroup/memory/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n',
    });
    expect(cgroup(source, '/proc/1')).toMatchObject({ version: 1, limit: gibibyte, oomKills: 2 });
  });

  test('no limit, no memory controller', () => {
    const unlimited = machine({
      '/proc/1/cgroup': '4:memory:/\n',
      '/sys/fs/cgroup/memory/memory.usage_in_bytes': '4096',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712',
    });
    expect(cgroup(unlimited, '/proc/1')).toMatchObject({ limit: null, usage: 4096 });
    expect(cgroup(machine({ '/proc/1/cgroup': '0::/\n' }), '/proc/1')).toBeNull();
    expect(cgroup(machine({}), '/proc/1')).toBeNull();
  });
});

test('a link in another root is resolved there', () => {
  const source = machine({ '/usr/lib/libx.so.1': 'x' });
  symlinkSync('/usr/lib/libx.so.1', path.join(source.root, 'absolute'));
  symlinkSync('../../../../usr/lib', path.join(source.root, 'up'));
  symlinkSync('/loop', path.join(source.root, 'loop'));
  expect(source.text('/absolute')).toBe('x');
  expect(source.text('/up/libx.so.1')).toBe('x');
  expect(source.real('/up/libx.so.1')).toBe('/usr/lib/libx.so.1');
  expect(source.text('/loop')).toBeUndefined();
  expect(source.text('/usr/lib')).toBeUndefined();
  expect(source.denied.size).toBe(0);
});

describe('jemalloc configuration', () => {
  test('the last entry of a key wins', () => {
    expect(
      confOptions('thp:never,dirty_decay_ms:1,,background_thread:true,dirty_decay_ms:-1'),
    ).toEqual({
      thp: 'never',
      dirty_decay_ms: -1,
      background_thread: true,
    });
  });

  test.each([
    ['background_thread', /has no value/],
    ['background_thread=true', /has no value/],
    ['thp:never, narenas:2', /without spaces/],
    ['dirty_decay:1', /no option "dirty_decay"/],
  ])('%s is refused', (conf, reason) => {
    expect(invalidPairs(conf)).toEqual([
      expect.objectContaining({ reason: expect.stringMatching(reason) }),
    ]);
  });

  test('what our presets set is not', () => {
    expect(
      invalidPairs(
        'background_thread:true,dirty_decay_ms:5000,muzzy_decay_ms:0,thp:never,narenas:4',
      ),
    ).toEqual([]);
  });
});

test('who reads which variable', () => {
  const environment = {
    MALLOC_ARENA_MAX: '2',
    GLIBC_TUNABLES: 'glibc.malloc.arena_max=2',
    MALLOC_CONF: 'a:b',
    _RJEM_MALLOC_CONF: 'a:b',
    MIMALLOC_VERBOSE: '1',
    TCMALLOC_RELEASE_RATE: '1',
    LD_PRELOAD: 'x',
  };
  const unread = (malloc: string, confVariables: string[], ...allocators: string[]) =>
    unreadVariables(environment, {
      malloc,
      confVariables: new Set(confVariables),
      allocators: new Set(allocators),
    });
  expect(unread('glibc', [])).toEqual([
    'MALLOC_CONF',
    '_RJEM_MALLOC_CONF',
    'MIMALLOC_VERBOSE',
    'TCMALLOC_RELEASE_RATE',
  ]);
  expect(unread('jemalloc', ['MALLOC_CONF'], 'jemalloc', 'mimalloc')).toEqual([
    'MALLOC_ARENA_MAX',
    'GLIBC_TUNABLES',
    '_RJEM_MALLOC_CONF',
    'TCMALLOC_RELEASE_RATE',
  ]);
});

describe('GLIBC_TUNABLES, which glibc cuts where the kernel shows it', () => {
  const pairs = ['glibc.malloc.trim_threshold=131072', 'glibc.malloc.arena_max=2'];
  const orders = [pairs, [...pairs].reverse(), ['glibc.malloc.nosuch=1', ...pairs]];

  test.each(orders.map((order) => order.join(':')))('whole, as it was set: %s', async (text) => {
    const env = { GLIBC_TUNABLES: text, AFTER: 'glibc.malloc.arena_max=9' };
    for (const { facts, findings } of [diagnoseHere(env), await diagnoseRunning({ env })]) {
      expect(facts.environment['GLIBC_TUNABLES']).toBe(text);
      const found = findings.filter(({ id }) => id === 'arena-max-set');
      expect(found).toMatchObject(
        facts.malloc.name === 'glibc'
          ? [{ evidence: expect.stringMatching(/ is 2$/) as string }]
          : [],
      );
    }
  });
});
