/** Programs that write much, start others, or leave some behind. */
import { compare, compareNode, processesWith, twoCandidates } from '../support/comparing.js';

const present = 'glibc (now)';
const shell = (script: string, ...options: string[]) =>
  compare([...twoCandidates, '--runs', '1', ...options, '--', 'sh', '-c', script]);

test('200 MB of output are taken, and the last lines kept', () => {
  const script = 'head -c 200000000 /dev/zero; echo; echo the end; exit 9';
  const { candidate } = shell(script);
  expect(candidate(present).failure).toMatchObject({ kind: 'exit', exitCode: 9 });
  expect(candidate(present).failure?.lastOutput).toMatch(/the end$/);
  expect(candidate(present).failure?.lastOutput.length).toBeLessThan(70_000);
});

test('output is a pipe, which can be opened by name, and stays in order', () => {
  const { candidate } = shell('echo one > /dev/stdout; echo two > /dev/stderr; echo three; exit 1');
  expect(candidate(present).failure?.lastOutput).toBe('one\ntwo\nthree');
});

test('stdin is empty: a program that reads it does not wait', () => {
  const { candidate } = shell('cat; sleep 0.2');
  expect(candidate(present).failure).toBeNull();
});

test('what it starts is counted with it', () => {
  const hold = `const held = Buffer.alloc(50e6, 1); setTimeout(() => held, 1500)`;
  const node = `'${process.execPath}' -e '${hold}'`;
  const { candidate } = shell(`${node} & ${node} & wait`);
  const [run] = candidate(present).runs;
  expect(run?.processes).toBe(3);
  // The kernel's own mark is that of the largest process: 50 MB and Node.
  expect(run?.peakRssBytes).toBeGreaterThan(150e6);
  expect(run?.lastRssBytes).toBeGreaterThan(150e6);
  expect(candidate('other').verified).toBe(true);
});

test('what it leaves behind is ended with it', () => {
  const mark = `left-${process.pid}`;
  const { candidate } = shell(`setsid sh -c 'sleep 1000; : ${mark}' >/dev/null 2>&1 & sleep 0.3`);
  expect(candidate(present).failure).toBeNull();
  expect(processesWith(mark)).toEqual([]);
});

test('the figures are those of the program', () => {
  const source = `
    const held = Buffer.alloc(200e6, 1);
    const end = Date.now() + 500;
    while (Date.now() < end);
    setTimeout(() => held, 1500);
  `;
  const { candidate, result } = compareNode(source);
  const [run] = candidate(present).runs;
  expect(run).toMatchObject({
    round: 1,
    exitCode: 0,
    signal: null,
    processes: 1,
    readySeconds: null,
    load: null,
  });
  expect(run?.wallSeconds).toBeGreaterThan(1);
  // Half a second on the clock, of which a busy machine gives it a part.
  expect(run?.userSeconds).toBeGreaterThan(0.05);
  expect(run?.userSeconds).toBeLessThan(run?.wallSeconds ?? 0);
  expect(run?.minorFaults).toBeGreaterThan(200e6 / 4096 / 2);
  expect(run?.peakRssBytes).toBeGreaterThan(200e6);
  expect(run?.lastRssBytes).toBeGreaterThan(200e6);
  expect(run?.meanRssBytes).toBeGreaterThan(150e6);
  expect(run?.meanRssBytes).toBeLessThanOrEqual(run?.peakRssBytes ?? 0);
  const { seconds, rssBytes, pssBytes, anonHugePagesBytes } = run!.samples;
  expect(seconds.length).toBeGreaterThan(10);
  // Of 200 MB, five milliseconds of reading: affordable after a second.
  expect(pssBytes.some((pss) => pss !== null)).toBe(true);
  for (const column of [rssBytes, pssBytes, anonHugePagesBytes])
    expect(column).toHaveLength(seconds.length);
  expect([...seconds].sort((left, right) => left - right)).toEqual(seconds);
  expect(result).toMatchObject({
    schema: 'allomorph-compare/1',
    complete: true,
    baseline: present,
  });
});
