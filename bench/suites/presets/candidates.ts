import { commandLine } from '../../harness/layout.js';
import { libraries } from '../../harness/libraries.js';
import type { ExampleReport } from './programs.js';

/** One way to run a program. */
export interface Candidate {
  readonly name: string;
  /** Stands before `node program.mjs`. */
  readonly launcher: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What the process must say it runs on. */
  readonly allocator: string;
  /** The file of its malloc; null: the C library. */
  readonly library: string | null;
  /** Options that jemalloc must say are in effect. */
  readonly options: Partial<NonNullable<ExampleReport['allocator']['options']>>;
  readonly skipped?: string;
}

const presets = ['balanced', 'memory', 'throughput'] as const;
export const names = {
  glibc: 'glibc',
  stock: 'jemalloc stock',
  jemalloc: (preset: (typeof presets)[number]) => `jemalloc ${preset}`,
};

const glibc = { allocator: 'glibc', library: null, launcher: [], env: {}, options: {} };
/** Bytes; glibc raises them by itself, to 32 MiB and twice that at most (mallopt(3)). */
const highThresholds = 'glibc.malloc.trim_threshold=268435456:glibc.malloc.mmap_threshold=33554432';

export async function presetCandidates(): Promise<Candidate[]> {
  const { ours, mimalloc, tcmalloc } = await libraries();
  const jemalloc = { allocator: 'jemalloc', library: ours, env: {} };
  return [
    { ...glibc, name: names.glibc },
    {
      ...glibc,
      name: 'glibc arena_max 2',
      env: { GLIBC_TUNABLES: 'glibc.malloc.arena_max=2' },
    },
    { ...glibc, name: 'glibc memory', launcher: allomorphRun('system', 'memory') },
    {
      ...jemalloc,
      name: names.stock,
      launcher: [],
      env: { LD_PRELOAD: ours },
      options: { background_thread: false },
    },
    ...presets.map((preset) => ({
      ...jemalloc,
      name: names.jemalloc(preset),
      launcher: allomorphRun('jemalloc', preset),
      options: { background_thread: true },
    })),
    ...installed('mimalloc', mimalloc),
    ...installed('tcmalloc', tcmalloc),
    { ...glibc, name: 'control (glibc)' },
  ];
}

/** The preset `balanced` of jemalloc and what differs from it in a few options; glibc likewise. */
export async function tuningCandidates(): Promise<Candidate[]> {
  const { ours } = await libraries();
  const variant = (conf: string): Candidate => ({
    name: conf === '' ? names.jemalloc('balanced') : conf,
    allocator: 'jemalloc',
    library: ours,
    launcher: allomorphRun('jemalloc', 'balanced', conf),
    env: {},
    options: conf.includes('background_thread') ? {} : { background_thread: true },
  });
  return [
    variant(''),
    variant('background_thread:false'),
    variant('dirty_decay_ms:1000'),
    variant('dirty_decay_ms:10000'),
    variant('dirty_decay_ms:30000'),
    variant('narenas:2'),
    variant('dirty_decay_ms:1000,narenas:1'),
    variant('dirty_decay_ms:1000,narenas:2'),
    variant('dirty_decay_ms:1000,narenas:2,tcache_max:4096'),
    variant('dirty_decay_ms:30000,tcache_max:131072'),
    variant('dirty_decay_ms:30000,muzzy_decay_ms:30000'),
    variant('dirty_decay_ms:30000,thp:always'),
    { ...variant(''), name: 'control (jemalloc balanced)' },
    { ...glibc, name: names.glibc },
    {
      ...glibc,
      name: 'glibc high thresholds',
      launcher: allomorphRun('system', 'balanced', highThresholds),
    },
  ];
}

function installed(allocator: string, library: string | undefined): Candidate[] {
  return presets.map((preset) => ({
    name: `${allocator} ${preset}`,
    allocator,
    library: library ?? null,
    launcher: allomorphRun(allocator, preset),
    env: {},
    options: {},
    ...(library === undefined ? { skipped: 'not installed' } : {}),
  }));
}

function allomorphRun(allocator: string, preset: string, conf = ''): string[] {
  const options = ['--allocator', allocator, '--preset', preset];
  if (conf !== '') options.push('--conf', conf);
  return [process.execPath, commandLine, 'run', ...options, '--'];
}
