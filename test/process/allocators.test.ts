import { allocators, jemalloc, type ProcessAllocator } from 'allomorph';
import { cli, run } from '../support/child.js';

// Each allocator on this machine: Node starts on it, and says which it is and its version.

const print = `console.log(JSON.stringify(require('allomorph').processAllocator()))`;
const start = (flags: string[], env: NodeJS.ProcessEnv = {}) =>
  run(process.execPath, [cli, 'run', ...flags, '--', process.execPath, '-e', print], env);
const installed = allocators().filter(({ builtIn }) => !builtIn);

describe.each(['mimalloc', 'tcmalloc', 'snmalloc', 'rpmalloc'])('%s', (name) => {
  const library = installed.find((candidate) => candidate.name === name);
  const child = start(['--allocator', name]);

  test('is what Node runs on, or is reported as missing with what to do', () => {
    if (library === undefined) {
      expect(child).toMatchObject({ status: 125, stdout: '' });
      expect(child.stderr).toMatch(new RegExp(`${name} is not in any library folder.*Install it`));
      return;
    }
    expect(child.stderr).toBe('');
    const allocator = JSON.parse(child.stdout) as ProcessAllocator;
    expect(allocator).toMatchObject({ name, library: library.path, source: 'preload' });
    expect(allocator.evidence).toContain(library.path);
    if (name === 'mimalloc' || name === 'tcmalloc') expect(allocator.version).toMatch(/^\d+\.\d+/);
  });
});

describe.each(installed)('$name at $path', ({ name, path: file }) => {
  const at = file ?? '';

  test('by its path', () => {
    const child = start(['--allocator', at]);
    expect(child.stderr).toBe('');
    expect(JSON.parse(child.stdout)).toMatchObject({ name, library: at, source: 'preload' });
  });

  test('under somebody else’s LD_PRELOAD, without us', () => {
    const child = run(process.execPath, ['-e', print], { LD_PRELOAD: at });
    expect(child.stderr).toBe('');
    expect(JSON.parse(child.stdout)).toMatchObject({ name, library: at, source: 'preload' });
  });

  test('each preset and a configuration of its own', () => {
    for (const preset of ['balanced', 'memory', 'throughput']) {
      const child = start(['--allocator', at, '--preset', preset]);
      expect([preset, child.stderr]).toEqual([preset, '']);
      expect(JSON.parse(child.stdout)).toMatchObject({ name });
    }
    const confs: Record<string, string> = {
      jemalloc: 'dirty_decay_ms:123',
      mimalloc: 'PURGE_DELAY=5',
      tcmalloc: 'RELEASE_RATE=7',
    };
    const conf = confs[name];
    if (conf === undefined) return;
    const child = start(['--allocator', at, '--conf', conf]);
    expect(child.stderr).toBe('');
    if (name === 'jemalloc') {
      expect(JSON.parse(child.stdout)).toMatchObject({ options: { dirty_decay_ms: 123 } });
    }
  });
});

test('the C library: named with its version, as the default', () => {
  const child = start(['--allocator', 'system']);
  expect(JSON.parse(child.stdout)).toMatchObject({ source: 'default', options: null });
  expect((JSON.parse(child.stdout) as ProcessAllocator).version).toMatch(/^\d+\.\d+$|^$/);
  const conf = start([
    '--allocator',
    'system',
    '--conf',
    'glibc.malloc.arena_max=1',
    '--preset',
    'memory',
  ]);
  expect(conf.stderr).toBe('');
});

(jemalloc.available ? test : test.skip)(
  'settings reach the allocator through the variables of its own name',
  () => {
    // What the process was started with, before the guard took it out of its environment.
    const initial = `console.log(require('node:fs').readFileSync('/proc/self/environ', 'latin1').split('\\0').filter((e) => /^(MALLOC_CONF|GLIBC_TUNABLES|MIMALLOC_|TCMALLOC_)/.test(e)).join('\\n'))`;
    const settings = (flags: string[], env: NodeJS.ProcessEnv = {}) =>
      run(
        process.execPath,
        [cli, 'run', ...flags, '--', process.execPath, '-e', initial],
        env,
      ).stdout.trim();
    expect(settings([])).toMatch(/^MALLOC_CONF=background_thread:true,/);
    expect(settings(['--conf', 'narenas:3'])).toMatch(
      /^MALLOC_CONF=background_thread:true,.*,narenas:3$/,
    );
    expect(settings(['--conf', 'narenas:3'], { MALLOC_CONF: 'narenas:4' })).toMatch(
      /,narenas:3,narenas:4$/,
    );
    expect(settings(['--allocator', 'system'])).toBe('');
    expect(settings(['--allocator', 'system', '--conf', 'glibc.malloc.arena_max=1'])).toBe(
      'GLIBC_TUNABLES=glibc.malloc.arena_max=1',
    );
  },
);
