import fc from 'fast-check';
import type { Comparison } from 'allomorph/compare/document/comparison';
import { verdictOf } from 'allomorph/compare/verdict/index';
import { seededRandom } from 'allomorph/support/random';
import {
  comparisonOf,
  draft,
  failed,
  noisyRuns,
  type Draft,
  type Factors,
  type Noise,
} from '../support/noisy-runs.js';

const noise: Noise = { shape: 'normal', size: 0.01 };

/** A candidate whose figures are those of the baseline times the factors. */
function candidate(name: string, factors: Factors = {}, count = 5, load = false): Draft {
  const seed = Array.from(name).reduce((sum, letter) => 31 * sum + letter.charCodeAt(0), 7);
  return draft(name, noisyRuns(count, noise, seededRandom(seed), factors, load));
}

const glibc = candidate('glibc');
const balanced = candidate('jemalloc balanced', { lastRssBytes: 0.6 });
const verdict = (...candidates: [Draft, ...Draft[]]) => comparisonOf(candidates).verdict;

describe('a recommendation', () => {
  test('says what it saves, what it costs, what stays the same, and how sure it is', () => {
    const costly = candidate('jemalloc balanced', { lastRssBytes: 0.62, cpuSeconds: 1.06 });
    expect(verdict(glibc, costly)).toEqual({
      recommendation: 'jemalloc balanced',
      sentence: expect.stringMatching(
        /^Use jemalloc balanced: last RSS 3\d% lower \(1\d\d → \d\d\.\d MB\), CPU time [4-7](\.\d)?% higher \(\d\.\d\d → \d\.\d\d s\), peak RSS, mean RSS and wall time do not differ; \S+( 99%)? sure \(share of resamplings of 5 runs that agree\)\.$/,
      ),
      confidence: expect.any(Number),
      line: costly.line,
    });
  });

  test('is the one with the least memory × time', () => {
    const better = candidate('tcmalloc', { lastRssBytes: 0.6, meanRssBytes: 0.7 });
    expect(verdict(glibc, balanced, better).recommendation).toBe('tcmalloc');
    expect(verdict(glibc, better, balanced).recommendation).toBe('tcmalloc');
  });

  test('is a simpler one when the best is hardly better', () => {
    const same = candidate('tcmalloc', { lastRssBytes: 0.57 });
    expect(verdict(glibc, same, balanced).recommendation).toBe('jemalloc balanced');
    const first = candidate('mimalloc', { lastRssBytes: 0.6 });
    expect(verdict(glibc, first, same).recommendation).toBe('mimalloc');
  });

  test('is never one that makes a figure more than 10% worse', () => {
    for (const factors of [{ peakRssBytes: 1.2 }, { wallSeconds: 1.2 }, { cpuSeconds: 1.2 }]) {
      const dear = candidate('jemalloc memory', {
        lastRssBytes: 0.2,
        meanRssBytes: 0.3,
        ...factors,
      });
      expect(verdict(glibc, dear, balanced).recommendation).toBe('jemalloc balanced');
      const { recommendation, sentence, line } = verdict(glibc, dear);
      expect(recommendation).toBe('glibc');
      expect(sentence).toMatch(
        /^Keep what you have \(glibc\): the best of the others, jemalloc memo/,
      );
      expect(sentence).toMatch(/higher .*, and a change may cost 10% at most; /);
      expect(line).toBeNull();
    }
  });

  test('is never one that failed or was not verified', () => {
    const broken = { ...balanced, ...failed, runs: balanced.runs };
    expect(verdict(glibc, broken).recommendation).toBe('glibc');
    expect(verdict(glibc, { ...balanced, verified: false }).recommendation).toBe('glibc');
    expect(verdict(glibc, broken).sentence).toBe(
      'Keep what you have (glibc): nothing else ran as it should.',
    );
  });
});

describe('what there is is kept', () => {
  test('when nothing differs', () => {
    const { sentence, recommendation } = verdict(glibc, candidate('mimalloc'));
    expect(recommendation).toBe('glibc');
    expect(sentence).toMatch(/: no other candidate is better overall by more than the noise; /);
  });

  test('when one of the others does not differ, and the rest only cost', () => {
    const worse = candidate('jemalloc balanced', { peakRssBytes: 2 });
    const { sentence } = verdict(glibc, worse, candidate('mimalloc'));
    expect(sentence).toMatch(/: no other candidate is better overall by more than the noise; /);
  });

  test('when the best of the others saves too little', () => {
    const little = candidate('jemalloc balanced', { lastRssBytes: 0.9 });
    expect(verdict(glibc, little).sentence).toMatch(
      /would bring last RSS \S+% lower \(.*\): [34](\.\d)?% less memory × time, and a change should save 5%; /,
    );
  });

  test('when the others only cost', () => {
    const worse = candidate('mimalloc', { peakRssBytes: 1.4 });
    expect(verdict(glibc, worse).sentence).toMatch(
      /would bring peak RSS \d+% higher \(\d+ → \d+ MB\), which saves nothing overall; /,
    );
  });
});

describe('under load', () => {
  const plan = { ...comparisonOf([glibc]).plan, load: 'npx autocannon http://localhost' };
  const underLoad = (...candidates: [Draft, ...Draft[]]) =>
    comparisonOf(candidates, { plan }).verdict;
  const served = (name: string, factors: Factors = {}) => candidate(name, factors, 5, true);
  const present = served('glibc');

  test('requests and p99 count, wall time does not', () => {
    const slower = served('jemalloc memory', { meanRssBytes: 0.5, requestsPerSecond: 0.8 });
    expect(underLoad(present, slower).recommendation).toBe('glibc');
    const late = served('jemalloc memory', { meanRssBytes: 0.5, p99Seconds: 1.3 });
    expect(underLoad(present, late).recommendation).toBe('glibc');
    const longer = served('jemalloc memory', { meanRssBytes: 0.5, wallSeconds: 1.3 });
    expect(underLoad(present, longer)).toMatchObject({ recommendation: 'jemalloc memory' });
    expect(underLoad(present, longer).sentence).not.toMatch(/wall/);
  });

  test('CPU time counts per request', () => {
    const busy = served('mimalloc', { requestsPerSecond: 1.2, cpuSeconds: 1.18 });
    expect(underLoad(present, busy).recommendation).toBe('mimalloc');
  });
});

describe('a baseline that fails', () => {
  test('is replaced by what works, and the sentence says so', () => {
    const { recommendation, sentence, line } = verdict({ ...glibc, ...failed }, balanced);
    expect(recommendation).toBe('jemalloc balanced');
    expect(line).toBe(balanced.line);
    expect(sentence).toBe(
      'Use jemalloc balanced: what you have (glibc) fails (It ended with status 3), and this ended as it should in 5 runs.',
    );
  });

  test('leaves the rule to choose among the others', () => {
    const better = candidate('tcmalloc', { lastRssBytes: 0.3 });
    const { recommendation, sentence } = verdict({ ...glibc, ...failed }, balanced, better);
    expect(recommendation).toBe('tcmalloc');
    expect(sentence).toMatch(/in 5 runs; .* sure/);
  });
});

describe('no answer', () => {
  const sentenceOf = (candidates: [Draft, ...Draft[]], rest: Partial<Comparison> = {}) => {
    const { sentence, ...others } = comparisonOf(candidates, rest).verdict;
    expect(others).toEqual({ recommendation: null, confidence: null, line: null });
    return sentence;
  };

  test('when there is nothing to compare with', () => {
    expect(sentenceOf([glibc])).toBe('No answer: there is nothing to compare with.');
  });

  test('when the baseline fails once among good runs: that is not the allocator alone', () => {
    const flaky = { ...glibc, failure: failed.failure! };
    expect(sentenceOf([flaky, balanced])).toMatch(
      /^No answer: what you have failed in round \d after 5 good runs \(.*\), so that more than the allocator decides/,
    );
  });

  test('when the baseline could not be measured, for a reason that is not its own', () => {
    const unloaded = {
      ...glibc,
      ...failed,
      failure: { ...failed.failure!, kind: 'load' as const },
    };
    expect(sentenceOf([unloaded, balanced])).toMatch(
      /^No answer: what you have could not be measured: /,
    );
  });

  test('when all fail', () => {
    expect(
      sentenceOf([
        { ...glibc, ...failed },
        { ...balanced, ...failed },
      ]),
    ).toBe('No answer: no candidate ran as it should; glibc: It ended with status 3.');
  });

  test('when there are too few runs', () => {
    const few = [
      candidate('glibc', {}, 3),
      candidate('mimalloc', { lastRssBytes: 0.1 }, 3),
    ] as const;
    expect(sentenceOf([...few])).toBe(
      'No answer: 3 runs of each candidate cannot tell a difference from noise: at least 4 are needed (--runs 4 or more).',
    );
    expect(sentenceOf([candidate('glibc', {}, 2), few[1]], { complete: false })).toMatch(
      /^No answer: it was interrupted; 2 to 3 runs of each candidate cannot tell/,
    );
  });

  test('when it was interrupted before the first run had ended', () => {
    const unrun = [draft('glibc', []), draft('mimalloc', [])] as const;
    expect(sentenceOf([...unrun], { complete: false })).toMatch(/interrupted before the first run/);
  });
});

test('interrupted after enough runs, there is an answer', () => {
  const { verdict: answer } = comparisonOf([glibc, balanced], { complete: false });
  expect(answer.recommendation).toBe('jemalloc balanced');
});

test('the confidence is lower for a close call, and the same each time', () => {
  const close = candidate('jemalloc balanced', { lastRssBytes: 0.855 });
  const { confidence } = verdict(glibc, close);
  expect(confidence).toBeLessThan(0.95);
  expect(verdict(glibc, balanced).confidence).toBeGreaterThan(0.95);
  expect(verdict(glibc, close).confidence).toBe(confidence);
});

const factor = fc.double({ min: 0.2, max: 5, noNaN: true });
const anyFactors = fc.record({
  peakRssBytes: factor,
  meanRssBytes: factor,
  lastRssBytes: factor,
  wallSeconds: factor,
  cpuSeconds: factor,
});
const anyCandidate = fc
  .record({
    factors: anyFactors,
    count: fc.integer({ min: 0, max: 7 }),
    seed: fc.integer(),
    fails: fc.boolean(),
    verified: fc.boolean(),
  })
  .map(({ factors, count, seed, fails, verified }) =>
    draft('', noisyRuns(count, noise, seededRandom(seed), factors), {
      verified,
      ...(fails ? { failure: failed.failure! } : {}),
    }),
  );

test('only a candidate that works is ever recommended, and never one that costs too much', () => {
  fc.assert(
    fc.property(fc.array(anyCandidate, { minLength: 1, maxLength: 4 }), (drafts) => {
      const [first, ...others] = drafts.map((each, index) => ({ ...each, name: `c${index}` }));
      const comparison = comparisonOf([first!, ...others]);
      const { recommendation, sentence, line, confidence } = comparison.verdict;
      expect(sentence).toMatch(/^(Use|Keep what you have|No answer).*\.$/);
      expect(sentence).not.toMatch(/NaN|Infinity|undefined|\.\.$/);
      if (recommendation === null) return;
      expect(confidence).toBeGreaterThanOrEqual(0);
      expect(confidence).toBeLessThanOrEqual(1);
      const chosen = comparison.candidates.find(({ name }) => name === recommendation)!;
      expect(chosen).toMatchObject({ failure: null, verified: true, line });
      for (const metric of ['peakRssBytes', 'wallSeconds', 'cpuSeconds'] as const) {
        const difference = chosen.outcomes[metric]!.difference;
        if (difference?.distinct === true && first!.failure === null && first!.verified) {
          expect(difference.relative).toBeLessThanOrEqual(0.1);
        }
      }
    }),
    { numRuns: 25 },
  );
});

test('the choice does not depend on the size of the program', () => {
  fc.assert(
    fc.property(anyFactors, fc.integer({ min: 2, max: 100 }), (factors, scale) => {
      const scaled = (draftOf: Draft): Draft => ({
        ...draftOf,
        runs: draftOf.runs.map((run) => ({
          ...run,
          peakRssBytes: scale * run.peakRssBytes,
          meanRssBytes: scale * run.meanRssBytes,
          lastRssBytes: scale * run.lastRssBytes,
          wallSeconds: scale * run.wallSeconds,
          userSeconds: scale * run.userSeconds,
          systemSeconds: scale * run.systemSeconds,
        })),
      });
      const other = candidate('mimalloc', factors);
      const large = comparisonOf([scaled(glibc), scaled(other)]);
      expect(verdictOf(large).recommendation).toBe(verdict(glibc, other).recommendation);
    }),
    { numRuns: 10 },
  );
});
