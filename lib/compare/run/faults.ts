import type { FailureKind } from '../document/index.js';
import type { Order } from './order.js';
import { isStopped, type Progress } from './phases.js';
import type { Ended } from './supervisor-events.js';
import type { Proof } from './verification.js';

export interface Fault {
  readonly kind: FailureKind;
  readonly reason: string;
}

/** What is known of a run that has ended. */
export interface End {
  /** Undefined: the supervisor was killed. */
  readonly ended: Ended | undefined;
  readonly timedOut: boolean;
  readonly progress: Progress;
  readonly proof: Proof;
}

/** Signals with which we end a server ourselves: the second one when it does not heed the first. */
const ours = ['SIGTERM', 'SIGKILL'];
/** Of the guard; native/preload/guard/guard.h. */
const guardStatus = 125;

export const supervisorKilled: Fault = { kind: 'signal', reason: 'its supervisor was killed' };

/** Why a run does not count; null: it does. */
export function faultOf(order: Order, { ended, timedOut, progress, proof }: End): Fault | null {
  if (timedOut) return fault('timeout', `it did not end within ${String(order.timeout)} s`);
  if (ended === undefined) return supervisorKilled;
  if (proof.fault !== null && ended.exitCode === guardStatus)
    return fault('unverified', proof.fault);
  return (
    progress.fault ??
    (isStopped(order.course) ? ofServer(order, ended, progress) : ofProgram(order, ended)) ??
    (proof.fault === null ? null : fault('unverified', proof.fault))
  );
}

function ofProgram({ ignoreFailure }: Order, { exitCode, signal }: Ended): Fault | null {
  if (signal !== null) return fault('signal', `it was ended by ${signal}`);
  if (exitCode === 0 || ignoreFailure) return null;
  return fault('exit', `it ended with status ${String(exitCode)}`);
}

function ofServer(order: Order, ended: Ended, { phase }: Progress): Fault | null {
  const how = ended.signal ?? `status ${String(ended.exitCode)}`;
  const kind = ended.signal === null ? 'exit' : 'signal';
  switch (phase) {
    case 'end':
      if (ended.signal === null || ours.includes(ended.signal)) return null;
      return fault('signal', `it was ended by ${ended.signal} when it was asked to stop`);
    case 'start':
      return fault('not-ready', `it ended (${how}) before it was ready`);
    case 'load':
      return fault(kind, `it ended (${how}) under load`);
    case 'run':
      // The duration is the most that it may take: a program may end before.
      return ofProgram(order, ended);
    case 'idle':
      return fault(kind, `it ended (${how}) while it should have been idle`);
  }
}

const fault = (kind: FailureKind, reason: string): Fault => ({ kind, reason });
