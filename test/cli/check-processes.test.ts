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
