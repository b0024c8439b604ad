import type { CandidateResult, Comparison, Failure } from 'allomorph/compare/document/comparison';
import { outcomesOf } from 'allomorph/compare/statistics/index';
import { verdictOf } from 'allomorph/compare/verdict/index';
import { seededRandom } from 'allomorph/support/random';
import { sampleRun, type Behaviour } from './sample-program.js';
import { sampleEnvironment } from './sample-environment.js';

export interface SampleOptions {
  readonly seed?: number;
  readonly rounds?: number;
  /** With figures of a load generator. */
  readonly load?: boolean;
  /** Seconds between samples. */
  readonly interval?: number;
}

/** Eight candidates, of which one fails, and a clear answer. */
export function sampleComparison(options: SampleOptions = {}): Comparison {
  const { seed = 1, rounds = 5, load = false, interval = 0.1 } = options;
  const next = seededRandom(seed);
  const ran = kinds.map((kind, position) => {
    const runs = Array.from({ length: rounds }, (_, round) => ({
      round: round + 1,
      position: ((position + round) % kinds.length) + 1,
      load,
      interval,
      random: next,
    })).map((each) => sampleRun(kind.behaviour, each));
    return candidateOf(kind, runs);
  });
  const [baseline] = ran;
  const candidates = [...ran.map((each) => withOutcomes(each, baseline!)), failed];
  const plan = {
    rounds,
    duration: null,
    ready: load ? 'listening on \\d+' : null,
    load: load ? 'npx autocannon -d 10 http://127.0.0.1:3000' : null,
    idle: load ? 8 : null,
    timeout: 600,
    sampleInterval: interval,
  };
  return {
    schema: 'allomorph-compare/1',
    startedAt: '2026-03-01T14:03:11.000Z',
    seconds: 754.2,
    complete: true,
    command: ['node', 'server.js', '--port', '3000'],
    plan,
    environment: sampleEnvironment,
    baseline: 'glibc',
    candidates,
    verdict: verdictOf({ candidates, plan, complete: true }),
  };
}

interface Kind {
  readonly name: string;
  readonly allocator: string;
  readonly library: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly behaviour: Behaviour;
}

const glibc = '/usr/lib/x86_64-linux-gnu/libc.so.6';
const jemalloc = '/srv/app/node_modules/allomorph/prebuilds/linux-x64/liballomorph-jemalloc.so';

const kinds: readonly Kind[] = [
  kind('glibc', 'glibc', glibc, {}, [58, 812, 640, 9, 9.1, 14.2, 8210]),
  kind(
    'glibc arena_max 2',
    'glibc',
    glibc,
    { GLIBC_TUNABLES: 'glibc.malloc.arena_max=2' },
    [57, 760, 540, 6, 9.9, 14.4, 7340],
  ),
  kind(
    'jemalloc balanced',
    'jemalloc',
    jemalloc,
    { MALLOC_CONF: 'background_thread:true,dirty_decay_ms:5000,muzzy_decay_ms:0' },
    [61, 655, 104, 1.6, 8.6, 14.1, 8640],
  ),
  kind(
    'jemalloc memory',
    'jemalloc',
    jemalloc,
    { MALLOC_CONF: 'background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0,narenas:2' },
    [59, 548, 92, 0.5, 8.9, 14.7, 8390],
  ),
  kind(
    'jemalloc throughput',
    'jemalloc',
    jemalloc,
    { MALLOC_CONF: 'background_thread:true,dirty_decay_ms:30000,muzzy_decay_ms:0' },
    [62, 720, 560, 12, 8.3, 13.2, 8920],
  ),
  kind(
    'mimalloc',
    'mimalloc',
    '/usr/lib/x86_64-linux-gnu/libmimalloc.so.2',
    {},
    [64, 842, 700, 14, 8.2, 12.9, 9050],
  ),
  kind(
    'tcmalloc',
    'tcmalloc',
    '/usr/lib/x86_64-linux-gnu/libtcmalloc_minimal.so.4',
    {},
    [68, 705, 690, 20, 8.7, 13.4, 8580],
  ),
];

function kind(
  name: string,
  allocator: string,
  library: string,
  settings: Readonly<Record<string, string>>,
  [start, peak, idle, decay, work, cpu, requestsPerSecond]: readonly [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ],
): Kind {
  const behaviour = { start, peak, idle, decay, work, cpu, requestsPerSecond };
  return { name, allocator, library, settings, behaviour };
}

function candidateOf({ behaviour: _, ...rest }: Kind, runs: CandidateResult['runs']) {
  const baseline = rest.name === 'glibc';
  const [allocator = '', preset] = rest.name.split(' ');
  const flags =
    allocator === 'glibc'
      ? '--allocator system --conf glibc.malloc.arena_max=2'
      : preset === undefined
        ? `--allocator ${allocator}`
        : `--preset ${preset}`;
  const line = `npx allomorph run ${flags} -- node server.js --port 3000`;
  return { ...rest, baseline, verified: true, line: baseline ? null : line, runs, failure: null };
}

function withOutcomes(
  candidate: ReturnType<typeof candidateOf>,
  baseline: ReturnType<typeof candidateOf>,
): CandidateResult {
  const outcomes = outcomesOf(candidate.runs, candidate.baseline ? null : baseline.runs);
  return { ...candidate, outcomes };
}

const failure: Failure = {
  kind: 'signal',
  reason: 'The program was ended by SIGSEGV after 0.4 s.',
  round: 0,
  exitCode: null,
  signal: 'SIGSEGV',
  lastOutput: '\u001b[32mlistening on 3000\u001b[39m\nsnmalloc: heap corruption detected\n',
};
const failed: CandidateResult = {
  name: 'snmalloc',
  baseline: false,
  allocator: null,
  library: null,
  settings: {},
  verified: false,
  line: 'npx allomorph run --allocator snmalloc -- node server.js --port 3000',
  runs: [],
  failure,
  outcomes: {},
};
