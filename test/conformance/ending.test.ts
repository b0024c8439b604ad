import { blame } from 'allomorph/conformance/ending';

const inRule = [{ event: 'start', id: 'reallocate' }] as const;
const killed = { status: null, signal: 'SIGKILL', stderr: '' };

test.each<[string, number, number, string | undefined]>([
  ['most of the time', 20, 12, 'reallocate'],
  ['little of the time: others took it', 20, 3, undefined],
  ['all of a limit in which no rule could end', 0.001, 0.001, undefined],
  ['none of the time: its start was read late', 20, 0, undefined],
])('a rule in which the child told nothing for %s', (_name, limit, silence, rule) => {
  expect(blame(inRule, { ...killed, limit, silence })?.id).toBe(rule);
});

test('the end of the process is held against the library by the same measure', () => {
  expect(blame([{ event: 'done' }], { ...killed, limit: 2, silence: 2 })?.id).toBe('load');
  expect(blame([{ event: 'done' }], { ...killed, limit: 2, silence: 0.2 })).toBeUndefined();
});
