import { mkdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { compile } from '../harness/compile.js';
import { root } from '../harness/layout.js';
import { libraries } from '../harness/libraries.js';
import type { Case, Suite } from '../harness/suite.js';

const sizes = ['16', '64', '1024'];
const folder = path.join('out', 'bench-native');

/**
 * What the interposer costs: malloc and free on it, against the five functions of the same allocator called
 * directly. The goal is 8 ns or 1.35 times, whichever is more; the ratio alone says little of a malloc
 * of some nanoseconds, so that none is set here.
 */
export async function interposerSuite(): Promise<Suite> {
  mkdirSync(path.join(root, folder), { recursive: true });
  const program = await build('bench/native/interposed_pair.c', 'interposed_pair', [
    // Without these the compiler may remove a malloc whose block is freed again.
    '-fno-builtin-malloc',
    '-fno-builtin-free',
    '-fPIE',
    '-pie',
  ]);
  const shared = ['-shared', '-fPIC'];
  const classic = await build('test/fixtures/allocators/classic.c', 'libclassic.so', shared);
  const five = await build('bench/native/five_jemalloc.c', 'libfive_jemalloc.so', shared);
  const { ours: jemalloc } = await libraries();
  const interposer = realpathSync(path.join(path.dirname(jemalloc), 'liballomorph-malloc.so'));

  const pair = (
    name: string,
    direct: { library: string; preload?: string },
    spec: string,
    preload: string,
  ): Case[] =>
    sizes.flatMap((size): Case[] => {
      const reference = `${name} ${size} direct`;
      return [
        {
          name: reference,
          file: program,
          args: ['five', size, direct.library],
          ...(direct.preload === undefined
            ? {}
            : { env: { LD_PRELOAD: direct.preload }, library: direct.preload }),
        },
        {
          name: `${name} ${size} interposed`,
          file: program,
          args: ['malloc', size],
          env: { LD_PRELOAD: preload, ALLOMORPH_MALLOC: spec },
          library: interposer,
          reference,
        },
      ];
    });

  const cases = [
    ...pair('classic', { library: classic }, classic, interposer),
    ...pair(
      'jemalloc',
      { library: five, preload: jemalloc },
      jemalloc,
      `${interposer}:${jemalloc}`,
    ),
  ];
  const [first] = cases;
  if (first === undefined) throw new Error('there are no sizes');
  return {
    name: 'interposer',
    operation: 'ns of processor time per allocation and deallocation (allocator, bytes, how)',
    control: { name: 'control', sameAs: first.name },
    cases: [...cases, { ...first, name: 'control', reference: first.name }],
  };
}

async function build(source: string, name: string, flags: readonly string[]): Promise<string> {
  const file = path.join(folder, name);
  const args = ['-O2', '-std=gnu11', ...flags, source, '-ldl', '-o', file];
  await compile('interposer', process.env['CC'] ?? 'cc', args);
  return path.join(root, file);
}
