import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import type { Comparison } from 'allomorph/compare/document/comparison';
import { renderReport } from 'allomorph/compare/terminal/index';
import { seededRandom } from 'allomorph/support/random';
import {
  comparisonOf,
  draft,
  failed,
  noisyRuns,
  type Draft,
  type Factors,
} from '../support/noisy-runs.js';

const random = seededRandom(3);
const noise = { shape: 'normal', size: 0.01 } as const;
const candidate = (name: string, factors: Factors = {}, load = false, count = 5) =>
  draft(name, noisyRuns(count, noise, random, factors, load));

const glibc = candidate('glibc');
const balanced = candidate('jemalloc balanced', { lastRssBytes: 0.6, cpuSeconds: 1.06 });
const plain = (comparison: Comparison, width = 100) =>
  renderReport(comparison, { width, colours: false });
const linesOf = (text: string) => text.split('\n');
const rowOf = (text: string, name: string) =>
  linesOf(text).find((line) => line.startsWith(`${name} `))!;

/** Wider than that is only what is to be copied in one piece. */
function expectWidth(text: string, width: number): void {
  const lines = linesOf(text).filter((line) => !line.startsWith('To put it in effect:'));
  const widest = Math.max(
    ...lines.map((line) => Array.from(stripVTControlCharacters(line)).length),
  );
  expect(widest).toBeLessThanOrEqual(width);
}

describe('the table', () => {
  const text = plain(comparisonOf([glibc, balanced]));

  test('has medians, spreads, and distinct differences only', () => {
    expect(linesOf(text)).toContainEqual(
      expect.stringMatching(/^ +peak MB +mean MB +last MB +wall s +CPU s$/),
    );
    expect(rowOf(text, 'glibc')).toMatch(
      /^glibc +\d{3} ±\d% +\d{3} ±\d% +1[23]\d ±\d% +\d\.\d\d ±\d% +\d\.\d\d ±\d%$/,
    );
    expect(rowOf(text, 'jemalloc balanced')).toMatch(/±\d% += .*±\d% += .* −\d\d% .* = .* \+\d/);
  });

  test('has a second one for the load, and none without', () => {
    const served = ['glibc', 'mimalloc'].map((name) => candidate(name, {}, true));
    const loaded = plain(comparisonOf([served[0]!, served[1]!]));
    expect(loaded).toMatch(/^ +req\/s +p50 ms +p99 ms$/m);
    expect(text).not.toMatch(/req\/s/);
  });

  test('fits 100 columns with eight long names and all metrics', () => {
    const factors = { peakRssBytes: 9, lastRssBytes: 0.04, cpuSeconds: 30, p99Seconds: 12 };
    const drafts = Array.from('abcdefgh', (letter) =>
      candidate(`${letter} jemalloc throughput dirty_decay_ms:1000,narenas:2`, factors, true),
    );
    const comparison = comparisonOf([
      candidate('the present state of affairs', {}, true),
      ...drafts,
    ]);
    for (const width of [100, 80, 60]) expectWidth(plain(comparison, width), width);
    expectWidth(renderReport(comparison, { width: 100, colours: true }), 100);
  });
});

test('the report ends with the verdict and the line that puts it in effect', () => {
  const comparison = comparisonOf([glibc, balanced]);
  const { sentence, line } = comparison.verdict;
  const [last, ...before] = linesOf(plain(comparison).trimEnd()).reverse();
  expect(last).toBe(`To put it in effect:  ${line!}`);
  expect(sentence).toContain(before[0]);
  expect(plain(comparisonOf([glibc, candidate('mimalloc')]))).not.toMatch(/To put it in effect/);
});

describe('RSS over time', () => {
  const sparks = (text: string) =>
    linesOf(text).flatMap((line) => /[▁▂▃▄▅▆▇█ ]{20,}$/.exec(line.padEnd(100))?.[0].trim() ?? []);

  test('has one scale for all candidates', () => {
    const [first, second] = sparks(plain(comparisonOf([glibc, balanced]))).filter((each) =>
      /[▁-█]/.test(each),
    );
    expect(first).toContain('█');
    expect(second).not.toContain('█');
    expect(second).toContain('▅');
    expect(first!.length).toBe(second!.length);
  });

  test('ends with the candidate’s runs', () => {
    const short = balanced.runs.map((run) => ({
      ...run,
      samples: { ...run.samples, seconds: run.samples.seconds.map((second) => second / 2) },
    }));
    const text = plain(comparisonOf([glibc, { ...balanced, runs: short }]));
    const [whole, half] = sparks(text).filter((each) => /[▁-█]/.test(each));
    expect(half!.length / whole!.length).toBeCloseTo(0.5, 1);
  });

  test('is left out for runs without samples', () => {
    const samples = { seconds: [], rssBytes: [], pssBytes: [], anonHugePagesBytes: [] };
    const unseen = (each: Draft) => ({
      ...each,
      runs: each.runs.map((run) => ({ ...run, samples })),
    });
    expect(plain(comparisonOf([unseen(glibc), unseen(balanced)]))).not.toMatch(/over time/);
  });
});

describe('failures', () => {
  const broken = (lastOutput: string, round = 2) => ({
    ...candidate('snmalloc'),
    ...failed,
    failure: { ...failed.failure!, lastOutput, round },
  });

  test('with reason, round and the end of the output', () => {
    const output = Array.from({ length: 30 }, (_, line) => `line ${line}\r\n`).join('');
    const text = plain(comparisonOf([glibc, broken(output)]));
    expect(text).toMatch(/^snmalloc failed in round 2: It ended with status 3\.$/m);
    expect(text).toMatch(/^ {4}line 20\n(.*\n)* {4}line 29$/m);
    expect(text).not.toMatch(/line 19/);
    expect(plain(comparisonOf([glibc, broken('', 0)]))).toMatch(
      /^snmalloc failed in the warm-up: /m,
    );
  });

  test('what the program wrote does nothing to the terminal', () => {
    const output =
      '\x1b[31mred\x1b[0m \x1b]0;title\x07 bell\x07 back\b over\rwritten \u202eesrever\0';
    const text = plain(comparisonOf([glibc, broken(output)]));
    expect(text).toMatch(/red/);
    expect(text).not.toMatch(/[^\P{C}\n]/u);
  });
});

describe('notes', () => {
  test('an interrupted comparison, and too few runs', () => {
    const few = [candidate('glibc', {}, false, 2), candidate('mimalloc', {}, false, 2)] as const;
    const text = plain(comparisonOf([...few], { complete: false }));
    expect(text).toMatch(/^Interrupted after 2 of 5 rounds: figures until then\.$/m);
    expect(text).toMatch(/^With fewer than 4 runs of each, no difference is told from noise\.$/m);
    expect(text).toMatch(/No answer: /);
  });

  test('a busy machine', () => {
    const { environment } = comparisonOf([glibc]);
    const busy = { ...environment, loadAverage: { before: 3.2, after: 3 } };
    expect(plain(comparisonOf([glibc, balanced], { environment: busy }))).toMatch(/load 3\.2/);
    expect(plain(comparisonOf([glibc, balanced]))).not.toMatch(/busy|Interrupted|fewer/);
  });

  test('nothing that ran: reasons, and no table', () => {
    const text = plain(
      comparisonOf([
        { ...glibc, ...failed },
        { ...balanced, ...failed },
      ]),
    );
    expect(text).not.toMatch(/peak MB|Medians|over time/);
    expect(text).toMatch(/No answer: /);
  });
});

test('colours only when asked for; they change nothing else', () => {
  const comparison = comparisonOf([glibc, balanced]);
  const coloured = renderReport(comparison, { width: 100, colours: true });
  expect(coloured).toMatch(/\x1b\[32m/); // eslint-disable-line no-control-regex
  expect(stripVTControlCharacters(coloured)).toBe(plain(comparison));
});

test('whatever the names, the figures and the output: harmless lines that fit', () => {
  const anyDraft = fc
    .record({
      name: fc.string({ unit: 'binary', maxLength: 50 }),
      factor: fc.double({ min: 0.001, max: 1e4, noNaN: true }),
      count: fc.integer({ min: 0, max: 5 }),
      output: fc.option(fc.string({ unit: 'binary', maxLength: 300 })),
      load: fc.boolean(),
    })
    .map(({ name, factor, count, output, load }) => {
      const factors = { lastRssBytes: factor, cpuSeconds: factor, p99Seconds: factor };
      const runs = noisyRuns(count, noise, random, factors, load);
      const failure = output === null ? null : { ...failed.failure!, lastOutput: output };
      return draft(`x ${name}`, runs, { failure });
    });
  // The verdict is not what is tested, and takes its time.
  const base = comparisonOf([glibc, balanced]);
  fc.assert(
    fc.property(
      fc.array(anyDraft, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 60, max: 130 }),
      (drafts, width) => {
        const outcomes = base.candidates[1]!.outcomes;
        const candidates = drafts.map((each) => ({
          ...each,
          outcomes: each.runs.length === 0 ? {} : outcomes,
        }));
        const text = plain({ ...base, candidates }, width);
        expect(text).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(text).not.toMatch(/NaN|Infinity|undefined/);
        const tables = linesOf(text).filter((line) => !line.includes(' failed in round '));
        expectWidth(tables.join('\n'), width);
      },
    ),
  );
});
