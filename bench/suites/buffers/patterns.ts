import { caseFile } from '../../harness/layout.js';
import type { Case, Suite } from '../../harness/suite.js';
import { nodes } from './nodes.js';

const ways = [
  'Buffer.allocUnsafe',
  'pool.allocUnsafe',
  'Buffer.allocUnsafeSlow',
  'Buffer.alloc',
  'pool.alloc',
] as const;
type Way = (typeof ways)[number];

interface Row {
  readonly pattern: 'one' | 'ring';
  readonly shown: string;
  readonly size: number;
  /** How many times as fast as Buffer.allocUnsafe the pool shall be. */
  readonly goal?: number;
}

const KiB = 1024;
const rows: readonly Row[] = [
  { pattern: 'one', shown: '1 KiB', size: KiB, goal: 3 },
  { pattern: 'one', shown: '4 KiB', size: 4 * KiB, goal: 15 },
  { pattern: 'one', shown: '16 KiB', size: 16 * KiB, goal: 15 },
  { pattern: 'one', shown: '64 KiB', size: 64 * KiB, goal: 20 },
  { pattern: 'one', shown: '256 KiB', size: 256 * KiB },
  { pattern: 'one', shown: '1 MiB', size: 1024 * KiB, goal: 80 },
  { pattern: 'ring', shown: '1 KiB', size: KiB, goal: 2.5 },
  { pattern: 'ring', shown: '4 KiB', size: 4 * KiB, goal: 12 },
  { pattern: 'ring', shown: '16 KiB', size: 16 * KiB, goal: 12 },
  { pattern: 'ring', shown: '64 KiB', size: 64 * KiB, goal: 12 },
  { pattern: 'ring', shown: '256 KiB', size: 256 * KiB, goal: 5 },
  { pattern: 'ring', shown: '1 MiB', size: 1024 * KiB, goal: 15 },
];

/** What of it is measured on other versions of Node too. */
const elsewhere = {
  ways: ['Buffer.allocUnsafe', 'pool.allocUnsafe'] as const,
  sizes: [1, 16, 1024],
};

/** The goals are for Node 20; other versions are listed beside it. */
export function patternsSuite(): Suite {
  const own = { name: '', file: process.execPath };
  const [first] = rows as [Row];
  const control = `${first.pattern} ${first.shown}  control`;
  return {
    name: 'buffers',
    operation:
      'ns for one Buffer. one: one at a time, first and last byte written; ring: the oldest of 64 replaced, each page written',
    control: { name: control, sameAs: nameOf(first, 'pool.allocUnsafe', '') },
    cases: [
      ...rows.flatMap((row) => ways.map((way) => caseOf(row, way, own))),
      { ...caseOf(first, 'pool.allocUnsafe', own), name: control },
      ...nodes().flatMap((node) =>
        rows
          .filter(({ size }) => elsewhere.sizes.includes(size / KiB))
          .flatMap((row) => elsewhere.ways.map((way) => caseOf({ ...row, goal: 0 }, way, node))),
      ),
    ],
  };
}

function caseOf(
  row: Row,
  way: Way,
  node: { readonly name: string; readonly file: string; readonly skipped?: string },
): Case {
  const reference = referenceOf(way);
  const isMeasuredHere = node.name === '' && process.versions.node.startsWith('20.');
  return {
    name: nameOf(row, way, node.name),
    file: node.file,
    args: [caseFile('buffers'), way, row.pattern, String(row.size)],
    ...(reference === undefined ? {} : { reference: nameOf(row, reference, node.name) }),
    ...(way === 'pool.allocUnsafe' && row.goal && isMeasuredHere ? { goal: 1 / row.goal } : {}),
    ...(node.skipped === undefined ? {} : { skipped: node.skipped }),
  };
}

function referenceOf(way: Way): Way | undefined {
  if (way === 'Buffer.allocUnsafe') return undefined;
  return way === 'pool.alloc' ? 'Buffer.alloc' : 'Buffer.allocUnsafe';
}

function nameOf({ pattern, shown }: Row, way: Way, node: string): string {
  return `${pattern} ${shown}  ${way}${node && ` (${node})`}`;
}
