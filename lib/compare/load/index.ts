import type { LoadFigures } from '../document/run.js';
import { ab } from './ab.js';
import { autocannonTable } from './autocannon-table.js';
import { autocannon } from './autocannon.js';
import { bombardierText } from './bombardier-text.js';
import { bombardier } from './bombardier.js';
import { hey } from './hey.js';
import { k6Text } from './k6-text.js';
import { k6 } from './k6.js';
import { oha } from './oha.js';
import { printedBy } from './printed.js';
import { wrk } from './wrk.js';

/** Those that read JSON come first: it says more, and more exactly, than the text beside it. */
const parsers = [
  autocannon,
  k6,
  oha,
  bombardier,
  autocannonTable,
  wrk,
  hey,
  ab,
  k6Text,
  bombardierText,
];

/**
 * The figures that a load generator printed of itself; null when `output` is none that is known.
 * Some generators report on stdout, others on stderr (autocannon's table): pass both. Of several
 * reports in one output, the first of the best readable form counts.
 */
export function parseLoadFigures(output: string): LoadFigures | null {
  const printed = printedBy(output);
  for (const parser of parsers) {
    const figures = parser(printed);
    if (figures !== null) return figures;
  }
  return null;
}
