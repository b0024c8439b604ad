import { setTimeout as sleep } from 'node:timers/promises';
import type { FailureKind, LoadFigures } from '../document/index.js';
import { parseLoadFigures } from '../load/index.js';
import { runLoad } from './load-generator.js';
import type { OutputTail } from './output-tail.js';
import { untilReady, type Ready } from './ready.js';

/** What happens between the start of the program and its end. Seconds; null: not asked for. */
export interface Course {
  readonly ready: Ready | null;
  readonly load: string | null;
  readonly duration: number | null;
  readonly idle: number | null;
}

export type Phase = 'start' | 'load' | 'run' | 'idle' | 'end';

/** How far a program came. */
export interface Progress {
  /** From its start. */
  readySeconds: number | null;
  load: LoadFigures | null;
  /** What the program is, or was, at. */
  phase: Phase;
  /** Why the run does not count, although the program did nothing wrong. */
  fault: { kind: FailureKind; reason: string; output: string } | null;
}

/** Whether the program is a server: it is stopped by us, and does not end by itself. */
export function isStopped(course: Course): boolean {
  return course.ready !== null || course.load !== null || course.duration !== null;
}

/** Takes the program through its course; `signal` aborts when it ends before. */
export async function follow(
  course: Course,
  output: OutputTail,
  progress: Progress,
  onPhase: (phase: Phase) => void,
  signal: AbortSignal,
): Promise<void> {
  const enter = (phase: Phase) => {
    progress.phase = phase;
    onPhase(phase);
  };
  const start = performance.now();
  if (course.ready !== null) {
    await untilReady(course.ready, output, signal);
    if (signal.aborted) return;
    progress.readySeconds = (performance.now() - start) / 1000;
  }
  if (course.load !== null) {
    enter('load');
    await load(course.load, progress, signal);
    if (signal.aborted || progress.fault !== null) return;
  }
  if (course.duration !== null) {
    enter('run');
    await pause(course.duration, signal);
  }
  if (course.idle !== null) {
    enter('idle');
    await pause(course.idle, signal);
  }
  if (!signal.aborted) enter('end');
}

async function load(command: string, progress: Progress, signal: AbortSignal): Promise<void> {
  const start = performance.now();
  const end = await runLoad(command, signal);
  if (signal.aborted) return;
  if (end.exitCode !== 0) {
    const how = end.signal ?? `status ${String(end.exitCode)}`;
    const reason = `the load generator ended with ${how}`;
    progress.fault = { kind: 'load', reason, output: end.lastOutput };
    return;
  }
  const seconds = (performance.now() - start) / 1000;
  const figures = parseLoadFigures(end.stdout) ?? parseLoadFigures(end.stderr);
  const reason = figures === null ? null : unanswered(figures, seconds);
  if (reason !== null) progress.fault = { kind: 'load', reason, output: end.lastOutput };
  progress.load = figures;
}

/** Why figures are none of this program: it did not get the load, or had no use for it. */
function unanswered({ requestsPerSecond, errors }: LoadFigures, seconds: number): string | null {
  if (requestsPerSecond === 0) {
    return 'no request was answered: look at the address that the load goes to';
  }
  // At most: what the generator took to start counts among the seconds.
  if (errors < (requestsPerSecond * seconds) / 100) return null;
  return `${String(errors)} requests failed, without an answer or with one that is an error: look at the address that the load goes to`;
}

async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  await sleep(seconds * 1000, undefined, { signal }).catch(() => undefined);
}
