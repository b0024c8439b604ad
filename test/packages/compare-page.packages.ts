/** The page of a comparison, as a browser shows it. */
import type { Comparison } from 'allomorph/compare/document/comparison';
import { renderHtml } from 'allomorph/compare/html/index';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { expectToAgree, type Figure } from '../compare/html/support/figures.js';
import { hostile, hostileComparison } from '../compare/support/hostile-comparison.js';
import { sampleComparison } from '../compare/support/sample-comparison.js';

/** What compare-page.js finds. */
interface Inspected {
  readonly figures: readonly Figure[];
  readonly json: string;
  readonly curves: readonly { name: string; width: number; height: number }[];
  readonly unreadable: readonly { text: string; contrast: number }[];
  readonly texts: number;
  readonly overflow: number;
  readonly elements: readonly string[];
}

const inspection = readFileSync(path.join(__dirname, 'compare-page.js'), 'utf8');
const flags = `--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
  --disable-background-networking --disable-component-update --disable-sync`.split(/\s+/);

const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-compare-page-'));
let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

const comparisons = {
  plain: sampleComparison(),
  'under load': sampleComparison({ load: true, rounds: 7, seed: 2 }),
  hostile: hostileComparison(),
  'without an answer': {
    ...sampleComparison({ rounds: 1 }),
    complete: false,
    verdict: { recommendation: null, sentence: 'No answer.', confidence: null, line: null },
  },
};
const names = Object.keys(comparisons) as (keyof typeof comparisons)[];
const looks = (['light', 'dark'] as const).flatMap((scheme) =>
  [1280, 800, 390].map((width) => ({ scheme, width })),
);
const cases = names.flatMap((name) => looks.map((look) => ({ name, ...look })));

test.each(cases)('$name, $scheme, $width pixels', async ({ name, scheme, width }) => {
  const comparison = comparisons[name];
  const { page, events } = await open(comparison, width);
  await page.emulateMedia({ colorScheme: scheme });
  const seen = await page.evaluate<Inspected>(inspection);
  await page.close();

  expect(events).toEqual([]);
  expect(JSON.parse(seen.json)).toEqual(comparison);
  expect(seen.figures.length).toBeGreaterThan(150);
  for (const figure of seen.figures) expectToAgree(figure, comparison);
  expectCurves(seen, comparison);
  expect(seen.texts).toBeGreaterThan(500);
  expect(seen.unreadable).toEqual([]);
  expect(seen.overflow).toBeLessThanOrEqual(0);
  // Of hostile text, none became an element.
  expect(seen.elements).not.toContain('img');
});

test('hostile text is text', async () => {
  const { page, events } = await open(hostileComparison(), 1280);
  expect(await page.locator('.sentence').textContent()).toBe(shown(hostile));
  expect(await page.title()).toContain('owned');
  expect(await page.title()).not.toBe('owned');
  await page.close();
  expect(events).toEqual([]);
});

test('the line is copied whole', async () => {
  const { page, events } = await open(comparisons.plain, 1280);
  await page.evaluate(
    'navigator.clipboard.writeText = async (text) => { globalThis.copied = text }',
  );
  await page.getByRole('button', { name: 'Copy' }).click();
  expect(await page.evaluate('globalThis.copied')).toBe(comparisons.plain.verdict.line);
  expect(await page.locator('.verdict button').textContent()).toBe('Copied');
  await page.close();
  expect(events).toEqual([]);
});

test('printed, it is light, and as wide as the paper', async () => {
  const { page } = await open(comparisons['under load'], 700);
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  const seen = await page.evaluate<Inspected>(inspection);
  expect(seen.unreadable).toEqual([]);
  expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
    'rgb(255, 255, 255)',
  );
  expect(seen.overflow).toBeLessThanOrEqual(0);
  await page.close();
});

/** The page in a browser, and everything that should not happen there, as it comes. */
async function open(
  comparison: Comparison,
  width: number,
): Promise<{ page: Page; events: readonly string[] }> {
  const file = path.join(folder, 'report.html');
  writeFileSync(file, renderHtml(comparison));
  const address = pathToFileURL(file).href;
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  const events: string[] = [];
  page.on('console', (message) => events.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => events.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => events.push(`dialog: ${dialog.message()}`));
  page.on('request', (request) => {
    if (![address, 'data:,'].includes(request.url())) events.push(`request: ${request.url()}`);
  });
  await page.goto(address);
  return { page, events };
}

/** Each candidate that ran is shown twice: with all others, and in a panel of its own. */
function expectCurves({ curves }: Inspected, { candidates }: Comparison): void {
  const ran = candidates.filter(({ runs }) => runs.length > 0).map(({ name }) => shown(name));
  expect(curves.map(({ name }) => name).sort()).toEqual([...ran, ...ran].sort());
  for (const { width, height } of curves) {
    expect(width).toBeGreaterThan(50);
    expect(height).toBeGreaterThan(10);
  }
}

/** As markup/escape.ts does it. */
function shown(text: string): string {
  return text
    .replaceAll('\0', '␀')
    .replaceAll('\u001b', '␛')
    .replaceAll('\r\n', '\n')
    .replaceAll('\u202e', '\ufffd');
}
