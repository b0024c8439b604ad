import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { compile } from '../harness/compile.js';
import { root } from '../harness/layout.js';
import { libraries } from '../harness/libraries.js';
import type { Case, Suite } from '../harness/suite.js';

const debian = "Debian's jemalloc";
const ours = 'ours';

/** The arguments of bench/native/malloc_pair.c. */
const variants = [
  ['pair', 'small', '1'],
  ['pair', 'small', '2'],
  ['pair', 'mixed', '1'],
  ['pair', 'mixed', '2'],
  ['pair', 'large', '1'],
  ['batch', 'small', '1'],
  ['batch', 'mixed', '1'],
  ['batch', 'mixed', '2'],
] as const;

/** Our build without any preset: what is compared is the code, not the configuration. */
export async function mallocSuite(): Promise<Suite> {
  const program = await build();
  const found = await libraries();
  const allocators: { name: string; library: string | null | undefined; goal?: number }[] = [
    { name: debian, library: found.debianJemalloc },
    { name: ours, library: found.ours, goal: 1.03 },
    { name: 'glibc', library: null },
    { name: 'mimalloc', library: found.mimalloc },
    { name: 'tcmalloc', library: found.tcmalloc },
  ];
  const nameOf = (allocator: string, variant: readonly string[]) =>
    `${variant.join(' ')}  ${allocator}`;

  const caseOf = (
    variant: readonly string[],
    { name, library, goal }: (typeof allocators)[number],
  ): Case => ({
    name: nameOf(name, variant),
    file: program,
    args: variant,
    ...(library ? { env: { LD_PRELOAD: library }, library } : {}),
    ...(library === undefined ? { skipped: 'not installed' } : {}),
    ...(name === debian ? {} : { reference: nameOf(debian, variant) }),
    ...(goal === undefined ? {} : { goal }),
  });

  const [first] = variants;
  const control = { ...caseOf(first, { name: debian, library: found.debianJemalloc }) };
  return {
    name: 'malloc',
    operation: 'ns of processor time per malloc + free (pattern, sizes, threads, allocator)',
    control: { name: 'control', sameAs: nameOf(debian, first) },
    cases: [
      ...variants.flatMap((variant) => allocators.map((each) => caseOf(variant, each))),
      { ...control, name: 'control', reference: nameOf(debian, first) },
    ],
  };
}

async function build(): Promise<string> {
  const folder = path.join('out', 'bench-native');
  mkdirSync(path.join(root, folder), { recursive: true });
  const program = path.join(folder, 'malloc_pair');
  await compile('malloc', process.env['CC'] ?? 'cc', [
    '-O2',
    '-std=gnu11',
    // Without these the compiler may remove a malloc whose block is freed again.
    '-fno-builtin-malloc',
    '-fno-builtin-free',
    '-fPIE',
    '-pie',
    '-pthread',
    path.join('bench', 'native', 'malloc_pair.c'),
    '-ldl',
    '-o',
    program,
  ]);
  return path.join(root, program);
}
