import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LaunchError } from '../process/failure.js';
import type { Candidate } from './candidates/candidate.js';
import { checkNames } from './candidates/names.js';
import { settleBaseline } from './candidates/baseline.js';
import type { Command } from './command.js';
import { schema, type Comparison, type Plan } from './document/index.js';
import { environmentOf, loadAverage } from './environment.js';
import type { Course, Phase } from './run/phases.js';
import { checkPortFree } from './run/ready.js';
import { runOnce } from './run/run-once.js';
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

/** How far the comparison is. */
export interface State {
  readonly candidate: string;
  /** 0 is the warm-up. */
  readonly round: number;
  readonly rounds: number;
  /** Runs that have ended, without the warm-up. */
  readonly done: number;
  /** Those that there will be; less when a candidate fails. Null before the warm-up has shown how long a run takes. */
  readonly total: number | null;
  /** Null before the warm-up has shown how long a run takes. */
  readonly secondsLeft: number | null;
  readonly phase: Phase;
}

/** Seconds between two looks in the warm-up, when nothing is known of the program. */
const firstInterval = 0.05;

/**
 * Runs the command on every candidate, round by round, one run at a time.
 * @param signal ends it early: what was measured until then is returned
 * @throws LaunchError for what would be the same on every candidate
 */
export async function compare(
  request: Request,
  onState: (state: State) => void,
  signal: AbortSignal,
): Promise<Comparison> {
  const startedAt = new Date();
  const before = loadAverage();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-compare-'));
  // The program may give up its user, and its children report all the same.
  chmodSync(folder, 0o711);
  const remove = () => {
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', remove); // after a second Ctrl-C
  try {
    const measured = await measure(request, folder, onState, signal);
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
    process.off('exit', remove);
    remove();
  }
}

async function measure(
  request: Request,
  folder: string,
  onState: (state: State) => void,
  signal: AbortSignal,
) {
  const run = (
    candidate: Candidate,
    position: number,
    sampleInterval: number,
    state: Omit<State, 'phase' | 'candidate'>,
  ) => {
    const onPhase = (phase: Phase) => {
      onState({ ...state, candidate: candidate.name, phase });
    };
    onPhase('start');
    const { round } = state;
    return runOnce(
      { ...request, candidate, round, position, sampleInterval, folder, onPhase },
      signal,
    );
  };

  const [present] = request.candidates;
  if (present === undefined) throw new Error('There is nothing to compare.');
  if (request.course.ready !== null) await checkPortFree(request.course.ready);
  const first = { round: 0, rounds: 0, done: 0, total: null, secondsLeft: null };
  // Fills the page cache, and shows how long a run takes and which malloc there is without us.
  const [warmUp, each] = await timed(() => run(present, 1, firstInterval, first));
  if (warmUp?.failure?.kind === 'timeout') throw tooLong(request);
  const candidates = settleBaseline(request.candidates, warmUp?.library ?? null);
  if (candidates.length < 2) {
    throw new LaunchError(
      'There is nothing to compare with: --with names nothing but what there is. Example: --with now,jemalloc.',
    );
  }
  checkNames(candidates);
  const tally = new Tally(candidates);
  const rounds = request.rounds ?? defaultRounds(candidates.length, each);
  const sampleInterval = sampleIntervalFor(warmUp?.run?.wallSeconds ?? each);

  let [done, spent] = [0, each];
  for (let round = 1; round <= rounds && !signal.aborted; round++) {
    const alive = tally.alive();
    const order = orderOf(candidates, round).filter((candidate) => alive.includes(candidate));
    for (const [index, candidate] of order.entries()) {
      const left = order.length - index + (rounds - round) * tally.alive().length;
      const secondsLeft = left * (spent / (done + 1));
      const state = { round, rounds, done, total: done + left, secondsLeft };
      const [outcome, took] = await timed(() => run(candidate, index + 1, sampleInterval, state));
      if (outcome === null) break;
      tally.add(candidate, outcome);
      done += 1;
      spent += took;
    }
  }
  return { tally, plan: planOf(request, rounds, sampleInterval) };
}

/** Before the same is waited for on every candidate. */
function tooLong({ timeout, course: { ready } }: Request): LaunchError {
  const limit = `within ${String(timeout)} s, the time limit of one run`;
  return new LaunchError(
    ready === null
      ? `The command did not end ${limit}. For a server: --duration SECONDS, or --ready and --load. ` +
          'For a long program: --timeout SECONDS.'
      : `The command was not ready, or its load not over, ${limit}. See what --ready waits for, or raise --timeout.`,
  );
}

async function timed<T>(work: () => Promise<T>): Promise<[result: T, seconds: number]> {
  const start = performance.now();
  const result = await work();
  return [result, (performance.now() - start) / 1000];
}

function planOf(request: Request, rounds: number, sampleInterval: number): Plan {
  const { duration, load, idle } = request.course;
  const { readyText: ready, timeout } = request;
  return { rounds, duration, ready, load, idle, timeout, sampleInterval };
}
