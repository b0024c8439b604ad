import { jemalloc } from 'allomorph';
import Table from 'cli-table3';
import type { TraceFigures } from '../../cases/buffers-trace.js';
import { caseFile } from '../../harness/layout.js';
import { createProgress } from '../../harness/progress.js';
import { takeSample } from '../../harness/sample.js';
import { summarize } from '../../harness/statistics.js';

const peer = 'Buffer.allocUnsafe';
const ways = [peer, 'pool', ...(jemalloc.available ? ['pool-jemalloc'] : [])] as const;

export interface TraceResult {
  readonly name: string;
  readonly samples: readonly TraceFigures[];
  /** Medians. Times in nanoseconds per operation, memory in bytes. */
  readonly time: number;
  readonly quartiles: readonly [number, number];
  /** Processor time of all threads. */
  readonly cpu: number;
  readonly startRss: number;
  readonly peakRss: number;
  readonly endRss: number;
  readonly peakLive: number;
  readonly peakHeld: number | null;
}

export interface TraceGoal {
  readonly name: string;
  readonly value: number;
  readonly goal: string;
  readonly met: boolean;
}

/** One process a sample, in turns. */
export async function measureTrace(runs: number): Promise<TraceResult[]> {
  const samples = new Map<string, TraceFigures[]>(ways.map((way) => [way, []]));
  const progress = createProgress();
  for (let done = 0; done < runs * ways.length; done++) {
    const way = ways[done % ways.length] ?? peer;
    progress(done, runs * ways.length, `trace ${way}`);
    const args = ['--expose-gc', caseFile('buffers-trace'), way];
    const sample = await takeSample({ name: `trace ${way}`, file: process.execPath, args });
    samples.get(way)?.push(sample as TraceFigures);
  }
  progress(1, 1, '');
  return [...samples].map(([name, taken]) => resultOf(name, taken));
}

function resultOf(name: string, samples: readonly TraceFigures[]): TraceResult {
  const median = (value: (figures: TraceFigures) => number) => summarize(samples.map(value)).median;
  const time = summarize(samples.map((sample) => sample.nanoseconds / sample.operations));
  const hasPool = samples.every(({ peakHeld }) => peakHeld !== null);
  return {
    name,
    samples,
    time: time.median,
    quartiles: time.quartiles,
    cpu: median(({ cpuNanoseconds, operations }) => cpuNanoseconds / operations),
    startRss: median(({ startRss }) => startRss),
    peakRss: median(({ peakRss }) => peakRss),
    endRss: median(({ endRss }) => endRss),
    peakLive: median(({ peakLive }) => peakLive),
    peakHeld: hasPool ? median(({ peakHeld }) => peakHeld ?? 0) : null,
  };
}

export function traceGoals(results: readonly TraceResult[]): TraceGoal[] {
  const plain = results.find(({ name }) => name === peer);
  const pool = results.find(({ name }) => name === 'pool');
  if (plain === undefined || pool === undefined) return [];
  const faster = plain.time / pool.time;
  const peak = pool.peakRss / plain.peakRss;
  const left = (pool.endRss - pool.startRss) / 1e6;
  const held = (pool.peakHeld ?? Infinity) / pool.peakLive;
  return [
    { name: 'trace: throughput', value: faster, goal: '>= 6', met: faster >= 6 },
    { name: 'trace: peak RSS', value: peak, goal: '<= 0.8', met: peak <= 0.8 },
    { name: 'trace: MB above the start after trim()', value: left, goal: '<= 10', met: left <= 10 },
    { name: 'trace: bytes held / bytes live', value: held, goal: '<= 1.35', met: held <= 1.35 },
  ];
}

export function renderTrace(results: readonly TraceResult[]): string {
  const table = new Table({
    head: [
      'trace',
      'ns',
      'quartiles',
      'times as fast',
      'CPU ns',
      'start MB',
      'peak MB',
      'end MB',
      'live MB',
      'held MB',
    ],
    colAligns: ['left', ...Array<'right'>(9).fill('right')],
    style: { head: [], border: [], compact: true },
  });
  const mega = (bytes: number | null) => (bytes === null ? '' : (bytes / 1e6).toFixed(1));
  for (const each of results) {
    const { name, time, startRss, peakRss, endRss, peakLive, peakHeld } = each;
    const faster = ((results[0]?.time ?? NaN) / time).toFixed(2);
    const memory = [startRss, peakRss, endRss, peakLive, peakHeld].map(mega);
    const quartiles = each.quartiles.map((value) => value.toFixed(0)).join('–');
    table.push([name, time.toFixed(0), quartiles, faster, each.cpu.toFixed(0), ...memory]);
  }
  const goals = traceGoals(results).map(
    ({ name, value, goal, met }) =>
      `${name}: ${value.toFixed(2)} (goal ${goal}) ${met ? 'met' : 'MISSED'}`,
  );
  return `${[
    'trace: 64 B to 256 KiB, log-uniform, 5,000 live, geometric lifetimes, 2 million operations, each page written',
    table.toString(),
    ...goals,
  ].join('\n')}\n`;
}
