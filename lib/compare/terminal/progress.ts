import { duration } from '../figures/format.js';
import { createStatusLine, type StatusStream } from '../../support/status-line.js';
import { harmlessLine } from './harmless.js';

export interface ProgressState {
  readonly candidate: string;
  /** From 1; 0 is the warm-up. */
  readonly round: number;
  readonly rounds: number;
  /** Runs that have ended, without the warm-up; and all that are planned, null while that is not known. */
  readonly done: number;
  readonly total: number | null;
  /** Of the whole comparison; null: not known yet. */
  readonly secondsLeft: number | null;
  /** What the run is at: `'start'`, `'load'`, `'idle'`, …; empty: nothing to say. */
  readonly phase: string;
}

export interface Progress {
  update(state: ProgressState): void;
  /** At the end, and before anything else is written. */
  clear(): void;
}

/** One line that rewrites itself on a terminal; elsewhere one line for each run, when it starts. */
export function createProgress(stream: StatusStream): Progress {
  const line = createStatusLine(stream);
  let announced = '';
  return {
    update(state) {
      if (stream.isTTY === true) {
        line.show(statusText(state));
        return;
      }
      const run = `${String(state.round)} ${state.candidate}`;
      if (run === announced) return;
      announced = run;
      stream.write(`${statusText({ ...state, phase: '' })}\n`);
    },
    clear() {
      line.clear();
    },
  };
}

/** `7 of 30  jemalloc balanced, round 2 of 5, load; 3 min left` */
function statusText(state: ProgressState): string {
  const { candidate, round, rounds, done, total, secondsLeft, phase } = state;
  const parts = [
    harmlessLine(candidate),
    round === 0 ? 'warm-up' : `round ${String(round)} of ${String(rounds)}`,
    ...(phase === '' ? [] : [phase]),
  ];
  const left = secondsLeft === null ? '' : `; ${duration(secondsLeft)} left`;
  const count = total === null ? '' : `${String(Math.min(done + 1, total))} of ${String(total)}  `;
  return `${count}${parts.join(', ')}${left}`;
}
