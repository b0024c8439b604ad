import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure, Run } from '../document/index.js';
import { describeRun } from './describe-run.js';
import { faultOf, supervisorKilled, type Fault } from './faults.js';
import type { Order } from './order.js';
import { OutputTail } from './output-tail.js';
import { follow, isStopped, type Progress } from './phases.js';
import { checkPortFree } from './ready.js';
import type { Ended, Orphans } from './supervisor-events.js';
import { supervise, type Supervised } from './supervisor.js';
import { openReport, readProof } from './verification.js';

export interface RunOutcome {
  /** The file that malloc came from; null: not known. */
  readonly library: string | null;
  /** Null: it does not count. */
  readonly run: Run | null;
  readonly failure: Failure | null;
}

/** Seconds that a server has to end after it was asked to. */
const grace = 10;

/**
 * Runs the program once and measures it. Null: aborted. In any case everything of it has ended. Whatever
 * goes wrong is a failure of this run: what other runs have measured is not lost for it.
 */
export async function runOnce(order: Order, signal: AbortSignal): Promise<RunOutcome | null> {
  const output = new OutputTail();
  try {
    return await attempt(order, output, signal);
  } catch (error) {
    if (signal.aborted) return null;
    const reason = `it could not be started: ${error instanceof Error ? error.message : String(error)}`;
    const failure = failureOf(order, { kind: 'not-started', reason }, undefined, output.lines());
    return { library: null, run: null, failure };
  }
}

async function attempt(
  order: Order,
  output: OutputTail,
  signal: AbortSignal,
): Promise<RunOutcome | null> {
  const { candidate, course, folder } = order;
  if (course.ready !== null) await checkPortFree(course.ready);
  const report = openReport(folder, `${String(order.round)}-${String(order.position)}`);
  const changes = [...candidate.changes, report.change];
  const supervised = supervise(order.command, changes, order.sampleInterval, (bytes) => {
    output.add(bytes);
  });
  const limit = limited(order.timeout, supervised, signal);
  try {
    const pid = await supervised.started;
    if (pid === undefined) {
      if (signal.aborted) return null;
      const failure = failureOf(order, supervisorKilled, undefined, output.lines());
      return { library: null, run: null, failure };
    }
    const progress = await through(order, supervised, output);
    const ended = await supervised.ended;
    await supervised.closed;
    if (signal.aborted) return null;
    const proof = readProof(report.file, pid, candidate.expected);
    const fault = faultOf(order, { ended, timedOut: limit.reached(), progress, proof });
    const run =
      ended === undefined
        ? null
        : describeRun(
            order,
            withOrphans(ended, await supervised.orphans),
            progress,
            supervised,
            proof,
          );
    if (fault === null && run !== null) return { library: proof.library, run, failure: null };
    const text = progress.fault?.output ?? output.lines();
    const failure = failureOf(order, fault ?? tooShort, ended, text);
    return { library: proof.library, run: null, failure };
  } finally {
    limit.end();
    supervised.kill();
    await supervised.closed;
  }
}

/** `npm start` ends before the server that it has started: the server's time is the program's. */
function withOrphans(ended: Ended, { userSeconds, systemSeconds }: Orphans): Ended {
  return {
    ...ended,
    userSeconds: ended.userSeconds + userSeconds,
    systemSeconds: ended.systemSeconds + systemSeconds,
  };
}

const tooShort: Fault = {
  kind: 'too-short',
  reason: 'it ended before its memory could be looked at: too short a program to compare',
};

/** Ends the program when its time is up, or when we are told to. */
function limited(seconds: number, supervised: Supervised, signal: AbortSignal) {
  let reached = false;
  const kill = () => {
    supervised.kill();
  };
  const timer = setTimeout(() => {
    reached = true;
    kill();
  }, seconds * 1000);
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  return {
    reached: () => reached,
    end: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', kill);
    },
  };
}

/** Waits for the end of the program, or brings it about when its course has been run. */
async function through(
  { course, onPhase }: Order,
  supervised: Supervised,
  output: OutputTail,
): Promise<Progress> {
  const progress: Progress = {
    readySeconds: null,
    load: null,
    phase: 'start',
    fault: null,
  };
  const over = new AbortController();
  const ended = supervised.ended.then(() => {
    over.abort();
  });
  if (isStopped(course)) {
    await follow(course, output, progress, onPhase, over.signal);
    if (!over.signal.aborted) {
      supervised.sample();
      supervised.stop();
      await Promise.race([supervised.closed, sleep(grace * 1000, undefined, { ref: false })]);
      supervised.kill();
    }
  }
  await ended;
  return progress;
}

function failureOf(
  { round }: Order,
  { kind, reason }: Fault,
  ended: Ended | undefined,
  lastOutput: string,
): Failure {
  return {
    kind,
    reason,
    round,
    exitCode: ended?.exitCode ?? null,
    signal: ended?.signal ?? null,
    lastOutput,
  };
}
