import { useLibraries } from '../support/allocator-libraries.js';
import { cli, run } from '../support/child.js';
import { disturbing, type Disturbance } from '../support/disturbances.js';

const libraries = useLibraries();

const check = (disturbance: Disturbance, timeout = '10') => {
  const file = disturbing(libraries, disturbance);
  const only = ['--rule', 'alignment', '--rule', 'overlap'];
  const start = performance.now();
  const ended = run(process.execPath, [cli, 'check', file, '--timeout', timeout, ...only]);
  return { ...ended, seconds: (performance.now() - start) / 1000 };
};

test.each(['leaves_child', 'leaves_daemon', 'writes_to_descriptor', 'floods'] as const)(
  'sound functions in a library that %s keep the rules, at once',
  (disturbance) => {
    const { status, stdout, stderr, seconds } = check(disturbance);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^pass {2}overlap/m);
    expect(seconds).toBeLessThan(15);
  },
);

test.each<[Disturbance, RegExp]>([
  ['leaves_child_and_hangs', /it hangs: the rule had not ended after 2 s/],
  ['forges_events', /it ends the process with exit status 0/],
  ['aborts_at_exit', /when the process ends, it crashes: SIGABRT/],
  ['fails_at_exit', /when the process ends, it ends the process with exit status 7/],
  ['hangs_at_exit', /when the process ends, it hangs: the process had not ended after 2 s/],
])('%s breaks the rule load', (disturbance, counterExample) => {
  const { status, stdout, stderr, seconds } = check(disturbance, '2');
  expect([status, stderr]).toEqual([1, '']);
  expect(stdout).toMatch(/^FAIL {2}load/m);
  expect(stdout).toMatch(counterExample);
  expect(seconds).toBeLessThan(15);
});

describe('what was under way when the process ended', () => {
  const checkBlocks = (name: string, source: string, env: Record<string, string> = {}) => {
    const file = libraries.compile(name, source);
    return run(process.execPath, [cli, 'check', '--json', file, '--rule', 'overlap'], env);
  };
  const five = (allocate: string) => `
    #include <stddef.h>
    #include <stdlib.h>
    #include <sys/mman.h>
    void *__rust_allocate(size_t size, size_t align) { ${allocate} }
    void __rust_deallocate(void *ptr, size_t size, size_t align) { free(ptr); }
    void *__rust_reallocate(void *ptr, size_t old, size_t size, size_t align) { return NULL; }
    size_t __rust_reallocate_inplace(void *ptr, size_t old, size_t size, size_t align) { return old; }
    size_t __rust_usable_size(size_t size, size_t align) { return size; }`;
  const crashing = five('abort();');
  const failure = (json: string) => {
    const { rules } = JSON.parse(json) as {
      rules: { id: string; counterExample: { message: string; values: unknown } | null }[];
    };
    return rules.find(({ id }) => id === 'overlap')?.counterExample;
  };

  test('a call, in words and by itself', () => {
    expect(failure(checkBlocks('crashing', crashing).stdout)).toEqual({
      message: expect.stringMatching(/^it crashes in (allocate\(\d+, \d+\)): SIGABRT$/) as string,
      values: {
        signal: 'SIGABRT',
        call: expect.stringMatching(/^allocate\(\d+, \d+\)$/) as string,
      },
    });
  });

  test('the use of a block that has no memory', () => {
    const source = five('return mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);');
    expect(failure(checkBlocks('inaccessible', source).stdout)?.message).toMatch(
      /^it crashes in writing \d+ bytes to the block 0x[0-9a-f]+ \(\d+ bytes, alignment \d+\): SIG(?:SEGV|BUS)$/,
    );
  });

  test('unknown, where no file can be had: the rule is named all the same', () => {
    const { status, stdout } = checkBlocks('crashing', crashing, { TMPDIR: '/nonexistent' });
    expect(status).toBe(1);
    expect(failure(stdout)?.message).toBe('it crashes: SIGABRT');
  });
});
