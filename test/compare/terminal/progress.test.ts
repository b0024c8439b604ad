import { createProgress, type ProgressState } from 'allomorph/compare/terminal/index';

const state: ProgressState = {
  candidate: 'jemalloc balanced',
  round: 2,
  rounds: 5,
  done: 6,
  total: 30,
  secondsLeft: 185,
  phase: 'load',
};

function progressOn(stream: { isTTY?: boolean; columns?: number }) {
  const written: string[] = [];
  const progress = createProgress({ ...stream, write: (text: string) => written.push(text) });
  return { progress, written };
}

describe('on a terminal', () => {
  test('one line is rewritten, and cleared at the end', () => {
    const { progress, written } = progressOn({ isTTY: true, columns: 100 });
    progress.update(state);
    progress.update({ ...state, phase: 'idle', secondsLeft: null });
    progress.clear();
    progress.clear();
    expect(written).toEqual([
      '\r\x1b[K7 of 30  jemalloc balanced, round 2 of 5, load; 3 min left',
      '\r\x1b[K7 of 30  jemalloc balanced, round 2 of 5, idle',
      '\r\x1b[K',
    ]);
  });

  test('it never reaches the last column', () => {
    for (const columns of [80, 40, 20, 1]) {
      const { progress, written } = progressOn({ isTTY: true, columns });
      progress.update({ ...state, candidate: 'x'.repeat(200) });
      expect(written.join('').slice('\r\x1b[K'.length).length).toBeLessThan(columns);
    }
  });

  test('nothing is written when nothing was shown', () => {
    const { progress, written } = progressOn({ isTTY: true });
    progress.clear();
    expect(written).toEqual([]);
  });

  test('a name does nothing to the terminal', () => {
    const { progress, written } = progressOn({ isTTY: true });
    progress.update({ ...state, candidate: 'a\x1b[2Jb\nc' });
    expect(written.join('')).toMatch(/7 of 30 {2}ab c, round/);
  });
});

test('elsewhere, one line for each run', () => {
  const { progress, written } = progressOn({});
  progress.update({ ...state, round: 0, done: 0, total: null, secondsLeft: null });
  progress.update(state);
  progress.update({ ...state, phase: 'idle', secondsLeft: 180 });
  progress.update({ ...state, candidate: 'glibc', done: 7, secondsLeft: 45.2 });
  progress.clear();
  expect(written).toEqual([
    'jemalloc balanced, warm-up\n',
    '7 of 30  jemalloc balanced, round 2 of 5; 3 min left\n',
    '8 of 30  glibc, round 2 of 5; 45 s left\n',
  ]);
});
