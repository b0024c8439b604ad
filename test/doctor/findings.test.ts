import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { jemalloc } from 'allomorph';
import { findingIds, type FindingId } from 'allomorph/doctor/findings/finding';
import { root } from '../support/child.js';
import { binarySituations } from './situations/binaries.js';
import { jemallocSituations } from './situations/jemalloc.js';
import { machineSituations } from './situations/machine.js';
import { preloadSituations } from './situations/preload.js';
import type { Situation } from './situations/situation.js';
import { library, ownMalloc, removeFolders, temporaryFolder } from './support/compile.js';
import { diagnoseRunning } from './support/running.js';

// One situation for each finding; the type says so, and so does the first test.
const situations: Record<FindingId, Situation> = {
  ...preloadSituations,
  ...jemallocSituations,
  ...binarySituations,
  ...machineSituations,
};

afterAll(removeFolders);

/** There is no preload library to be too small for the pages. */
const impossible = (id: string) => id === 'page-size' && !jemalloc.available;

test('every finding has a situation, and no other', () => {
  expect(Object.keys(situations).sort()).toEqual([...findingIds].sort());
});

test.each(findingIds)('%s is found where it is, and says what, why and what to do', async (id) => {
  const { severity, evidence, look } = situations[id];
  const { findings } = await look();
  const found = findings.filter((finding) => finding.id === id);
  if (impossible(id)) {
    expect(found).toEqual([]);
    return;
  }
  expect({ id, found: found.length, all: findings.map((finding) => finding.id) }).toMatchObject({
    found: 1,
  });
  const [finding] = found;
  expect(finding!.severity).toBe(severity);
  expect(finding!.evidence).toMatch(evidence);
  for (const text of [finding!.title, finding!.reason, finding!.fix]) {
    expect(text).toMatch(/\w{3}/);
    expect(text).not.toMatch(/undefined|\[object/);
  }
});

test('addons with allocators of their own: one finding for each allocator, which its title names', async () => {
  const folder = temporaryFolder();
  const addons = { a: '_rjem_mallctl', b: '_rjem_mallctl', c: 'mi_malloc' };
  for (const [name, symbol] of Object.entries(addons)) {
    const source = `int ${symbol}(void) { return 0; }`;
    library(path.join(folder, `${name}.node`), source, ['-fvisibility=hidden']);
  }
  const { findings } = await diagnoseRunning({ cwd: folder });
  const titles = findings.filter(({ id }) => id === 'embedded-allocator').map(({ title }) => title);
  expect(titles.sort()).toEqual([
    '2 addons have a jemalloc of their own',
    'c.node has a mimalloc of its own',
  ]);
});

test('several libraries with a malloc are one finding, which names each once', async () => {
  const folder = temporaryFolder();
  for (const name of ['a.node', 'copy/a.node', 'b.node']) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    library(path.join(folder, name), ownMalloc);
  }
  const { findings } = await diagnoseRunning({ cwd: folder });
  const found = findings.filter(({ id }) => id === 'second-malloc');
  expect(found.map(({ title }) => title)).toEqual([
    expect.stringMatching(
      /^2 libraries export a malloc of their own: (?:a\.node, b|b\.node, a)\.node$/,
    ),
  ]);
  expect(found[0]!.evidence.match(/defines malloc/g)).toHaveLength(3);
});

test('docs/troubleshooting.md has a row for each finding, and for no other', () => {
  const text = readFileSync(path.join(root, 'docs', 'troubleshooting.md'), 'utf8');
  const [, table = ''] = text.split('\n## Findings\n');
  const rows = [...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, id]) => id);
  expect(rows.sort()).toEqual([...findingIds].sort());
});
