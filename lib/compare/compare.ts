import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Candidate } from './candidates/candidate.js';
import { settleBaseline } from './candidates/baseline.js';
import type { Command } from './command.js';
import { schema, type Comparison, type Plan } from './document/index.js';
import { environmentOf, loadAverage } from './environment.js';
import type { Course } from './run/phases.js';
import { runOnce, type RunOutcome } from './run/run-once.js';
import { defaultRounds, orderOf, sampleIntervalFor } from './schedule.js';
import { Tally } from './tally.js';
import { verdictOf } from './verdict/index.js';

/** What is to be compared, and how. */
export interface Request {
  readonly command: Command;
  /** The first one is the present state. */
  readonly candidates: readonly Candidate[];
  readonly course: Course;
  /** How `ready` was given. */
  readonly readyText: string | null;
  /** Undefined: as many rounds as fit into a few minutes. */
  readonly rounds: number | undefined;
  /** Seconds that one run may take. */
  readonly timeout: number;
  readonly ignoreFailure: boolean;
}

/** Called when a run begins. */
export type OnRun = (run: {
  readonly candidate: string;
  /** 0 is the warm-up. */
  readonly round: number;
  /** Null before the warm-up has shown how long a run takes. */
  readonly rounds: number | null;
  /** Runs that have been made, and that there will be. */
  readonly done: number;
  readonly total: number | null;
  readonly secondsLeft: number | null;
}) => void;

/** Seconds between two looks in the warm-up, when nothing is known of the program. */
const firstInterval = 0.05;

/**
 * Runs the command on every candidate, round by round, one run at a time.
 * @param signal ends it early: what was measured until then is returned
 * @throws LaunchError for what would be the same on every candidate
 */
export async function compare(
  request: Request,
  onRun: OnRun,
  signal: AbortSignal,
): Promise<Comparison> {
  const startedAt = new Date();
  const before = loadAverage();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-compare-'));
  // The program may give up its user, and its children report all the same.
  chmodSync(folder, 0o711);
  try {
    const measured = await measure(request, folder, onRun, signal);
    const seconds = (Date.now() - startedAt.getTime()) / 1000;
    const candidates = measured.tally.results();
    const baseline = candidates.find((each) => each.baseline)?.name ?? '';
    const complete = !signal.aborted;
    const common = { plan: measured.plan, baseline, candidates, complete };
    return {
      schema,
      startedAt: startedAt.toISOString(),
      seconds,
      command: request.command.words,
      environment: environmentOf(before),
      ...common,
      verdict: verdictOf(common),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(request: Request, folder: string, onRun: OnRun, signal: AbortSignal) {
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  const run = (candidate: Candidate, round: number, position: number, sampleInterval: number) =>
    runOnce({ ...request, candidate, round, position, sampleInterval, folder }, signal);

  const [present] = request.candidates;
  if (present === undefined) throw new Error('There is nothing to compare.');
  onRun({
    candidate: present.name,
    round: 0,
    rounds: null,
    done: 0,
    total: null,
    secondsLeft: null,
  });
  // Fills the page cache, and shows how long a run takes and which malloc there is without us.
  const warmUp = await run(present, 0, 1, firstInterval);
  const each = elapsed();
  const candidates = settleBaseline(request.candidates, warmUp?.library ?? null);
  const tally = new Tally(candidates);
  const rounds = request.rounds ?? defaultRounds(candidates.length, each);
  const sampleInterval = sampleIntervalFor(warmUp?.run?.wallSeconds ?? each);
  const plan = planOf(request, rounds, sampleInterval);

  let done = 0;
  const measuring = performance.now();
  for (let round = 1; round <= rounds && !signal.aborted; round++) {
    const order = orderOf(candidates, round).filter((candidate) =>
      tally.alive().includes(candidate),
    );
    for (const [index, candidate] of order.entries()) {
      const left = order.length - index + (rounds - round) * tally.alive().length;
      const perRun = done === 0 ? each : (performance.now() - measuring) / 1000 / done;
      const state = { candidate: candidate.name, round, rounds, done, total: done + left };
      onRun({ ...state, secondsLeft: left * perRun });
      const outcome: RunOutcome | null = await run(candidate, round, index + 1, sampleInterval);
      if (outcome === null) break;
      tally.add(candidate, outcome);
      done += 1;
    }
  }
  return { tally, plan };
}

function planOf(request: Request, rounds: number, sampleInterval: number): Plan {
  const { duration, load, idle } = request.course;
  const { readyText: ready, timeout } = request;
  return { rounds, duration, ready, load, idle, timeout, sampleInterval };
}
