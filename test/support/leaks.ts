import { jemalloc, system, type LiveCounts } from 'allomorph';

export function liveCounts(): Record<string, LiveCounts> {
  return {
    system: system.live(),
    ...(jemalloc.available ? { jemalloc: jemalloc.live() } : {}),
  };
}

/** Makes the test file fail when it leaves a block behind. Call it once, at the top of the file. */
export function expectNoLeaks(): void {
  let before: Record<string, LiveCounts>;
  beforeAll(() => {
    before = liveCounts();
  });
  afterAll(() => {
    expect(liveCounts()).toEqual(before);
  });
}
