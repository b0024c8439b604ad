import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BenchFailure } from './failure.js';
import { root } from './layout.js';

/** Replaces what stands between a suite's markers in a document; the rest is written by hand. */
export function writeBetweenMarkers(file: string, suite: string, markdown: string): void {
  const [begin, end] = [`<!-- bench ${suite}: begin -->`, `<!-- bench ${suite}: end -->`];
  const absolute = path.join(root, file);
  const text = readFileSync(absolute, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) {
    throw new BenchFailure(`${file} has no place for the figures: the lines ${begin} and ${end}.`);
  }
  const before = text.slice(0, from + begin.length);
  writeFileSync(absolute, `${before}\n\n${markdown.trim()}\n\n${text.slice(to)}`);
}
