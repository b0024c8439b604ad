import { renderHtml } from 'allomorph/compare/html/index';
import type { Comparison } from 'allomorph/compare/document/comparison';
import { hostile, hostileComparison } from '../support/hostile-comparison.js';
import { sampleComparison } from '../support/sample-comparison.js';
import { expectToAgree, figuresIn, jsonIn } from './support/figures.js';

const sample = sampleComparison();
const underLoad = sampleComparison({ load: true, seed: 2 });

test('the sections come in the order they are read in', () => {
  const page = renderHtml(underLoad);
  const ids = [...page.matchAll(/<h2 id="([^"]+)"/g)].map(([, id]) => id);
  expect(ids).toEqual([
    'verdict',
    'memory',
    'metrics',
    'summary',
    'load',
    'failures',
    'candidates',
    'environment',
    'plan',
    'guide',
    'runs',
  ]);
  expect(renderHtml(sample)).not.toContain('id="load"');
});

test('it carries the comparison whole', () => {
  expect(jsonIn(renderHtml(sample))).toEqual(sample);
  expect(jsonIn(renderHtml(hostileComparison()))).toEqual(hostileComparison());
});

test.each([
  ['plain', sample, 500],
  ['under load', underLoad, 800],
  ['hostile', hostileComparison(), 300],
])('every figure is that of the JSON: %s', (_, comparison, least) => {
  const figures = figuresIn(renderHtml(comparison));
  expect(figures.length).toBeGreaterThan(least);
  for (const figure of figures) expectToAgree(figure, comparison);
});

test('every table cell with a number is a figure', () => {
  const page = renderHtml(underLoad);
  const cells = [...page.matchAll(/<td class="number">(.*?)<\/td>/gs)].map(([, cell]) => cell!);
  expect(cells.length).toBeGreaterThan(500);
  for (const cell of cells) {
    const rest = cell.replace(/<data.*?<\/data\s*>/gs, '').replace(/<[^>]*>/g, '');
    expect(rest).not.toMatch(/\d/);
  }
});

test('each candidate that ran has its curve in the overview and in its panel', () => {
  const page = renderHtml(sample);
  for (const { name, runs } of sample.candidates) {
    const count = page.split(`data-candidate="${name}"`).length - 1;
    expect({ name, count }).toEqual({ name, count: runs.length > 0 ? 3 : 0 });
  }
  expect(page).not.toContain('NaN');
  expect(page).not.toContain('undefined');
  expect(page).not.toContain('Infinity');
});

test('nothing of a user becomes markup', () => {
  const page = renderHtml(hostileComparison());
  for (const part of ['<img', '<script>document', '<!--', 'onmouseover="', '\0', '\u001b'])
    expect(page).not.toContain(part);
  expect(page.match(/<script/g)).toHaveLength(2);
  expect(page.match(/<\/title>/g)!.length).toBe(page.match(/<title/g)!.length);
  expect(hostile).toContain('<img');
});

test('nothing is fetched, and only what came with the page runs', () => {
  const page = renderHtml(sample);
  expect(page).toMatch(
    /content="default-src &#39;none&#39;; img-src data:; style-src &#39;sha256-/,
  );
  expect(page).not.toMatch(/\s(?:src|srcset|style|on\w+)=/);
  expect([...page.matchAll(/href="([^"]*)"/g)].map(([, to]) => to)).toEqual(['data:,']);
});

test('what cannot be told apart from the baseline is shown as no difference', () => {
  const page = renderHtml(sample);
  const differences = sample.candidates.flatMap(({ outcomes }, index) =>
    Object.entries(outcomes).map(([metric, outcome]) => ({ index, metric, ...outcome.difference })),
  );
  const noise = differences.filter(({ distinct }) => distinct === false);
  expect(noise.length).toBeGreaterThan(0);
  for (const { index, metric } of noise)
    expect(page).not.toContain(
      `data-of="/candidates/${index}/outcomes/${metric}/difference/relative"`,
    );
  expect(page).toContain('in the noise');
});

describe('what may be missing', () => {
  const none = { recommendation: null, sentence: 'No answer.', confidence: null, line: null };
  const cases: readonly (readonly [string, Comparison])[] = [
    ['no candidate ran', { ...sample, complete: false, verdict: none, candidates: withoutRuns() }],
    ['no candidates', { ...sample, complete: false, verdict: none, candidates: [] }],
    ['one candidate', { ...sample, verdict: none, candidates: sample.candidates.slice(0, 1) }],
    ['interrupted', { ...sample, complete: false, verdict: none, candidates: interrupted() }],
    ['no samples', { ...sample, candidates: withSamples(0) }],
    ['one sample', { ...sample, candidates: withSamples(1) }],
    ['two samples', { ...sample, candidates: withSamples(2) }],
    ['no baseline', { ...sample, candidates: sample.candidates.slice(1) }],
    ['keep what there is', { ...sample, verdict: { ...none, recommendation: sample.baseline } }],
  ];
  test.each(cases)('%s', (_, comparison) => {
    const page = renderHtml(comparison);
    expect(page).toContain(comparison.verdict.sentence);
    expect(withoutJson(page)).not.toMatch(/NaN|Infinity|undefined|\bnull\b/);
    for (const figure of figuresIn(page)) expectToAgree(figure, comparison);
  });

  test('an interrupted comparison says so', () => {
    expect(renderHtml({ ...sample, complete: false })).toContain('Interrupted.');
    expect(renderHtml(sample)).not.toContain('Interrupted.');
  });

  function withoutRuns() {
    return sample.candidates.map((candidate) => ({
      ...candidate,
      allocator: null,
      library: null,
      runs: [],
      outcomes: {},
    }));
  }

  function interrupted() {
    return sample.candidates.map((candidate, index) =>
      index < 2 ? candidate : { ...candidate, runs: candidate.runs.slice(0, 1), outcomes: {} },
    );
  }

  function withSamples(count: number) {
    return sample.candidates.map((candidate) => ({
      ...candidate,
      runs: candidate.runs.map((run) => ({
        ...run,
        samples: {
          seconds: run.samples.seconds.slice(0, count),
          rssBytes: run.samples.rssBytes.slice(0, count),
          pssBytes: run.samples.pssBytes.slice(0, count),
          anonHugePagesBytes: run.samples.anonHugePagesBytes.slice(0, count),
        },
      })),
    }));
  }

  function withoutJson(page: string): string {
    return page.replace(/<script.*?<\/script>/gs, '').replace(/<style>.*?<\/style>/s, '');
  }
});
