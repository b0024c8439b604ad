import type { ChildEvent } from './protocol.js';
import type { RuleResult } from './report.js';
import type { CounterExample, RuleId } from './rule.js';
import { libraryRules, loadRule } from './library-rules.js';
import { failed } from './run-suite.js';

/** How the child ended. */
export interface Ending {
  readonly status: number | null;
  readonly signal: string | null;
  /** Seconds after which it was killed; undefined: it ended by itself. */
  readonly limit?: number | undefined;
  /** Seconds before that in which it told nothing. */
  readonly silence: number;
  /** What it said last on its stderr. */
  readonly stderr: string;
  /** The call that was under way, or what was done with a block. */
  readonly call?: string | undefined;
}

/** Seconds: a rule that takes less is not said to hang, however little time there was for all. */
const shortestHang = 0.1;

/**
 * The failure of the rule in which the child ended; of `load` when it did not end well after the last one.
 * @returns undefined: it ended well, or between two rules, or was killed without a rule to blame
 */
export function blame(events: readonly ChildEvent[], ending: Ending): RuleResult | undefined {
  if (ending.limit !== undefined && !isHanging(ending.silence, ending.limit)) return undefined;
  const last = events.at(-1);
  if (last?.event === 'start') return failed(ruleOf(last.id), how(ending, 'the rule'));
  const isWell = ending.status === 0 && ending.limit === undefined;
  if (last?.event !== 'done' || isWell) return undefined;
  const { message, values } = how({ ...ending, call: undefined }, 'the process');
  return failed(loadRule, { message: `when the process ends, ${message}`, values });
}

/** Otherwise the time went by elsewhere: a process that starts late, or rules that came before. */
function isHanging(silence: number, limit: number): boolean {
  return silence >= Math.max(limit / 2, shortestHang);
}

/** For a child that ended between two rules. */
export function howEnded({
  status,
  signal,
  stderr,
}: Pick<Ending, 'status' | 'signal' | 'stderr'>): string {
  return `ended with ${String(signal ?? status)}: ${stderr.trim()}`;
}

function ruleOf(id: RuleId) {
  const rule = libraryRules.find((candidate) => candidate.id === id);
  if (rule === undefined) throw new Error(`no rule ${id}`);
  return rule;
}

function how({ status, signal, limit, stderr, call }: Ending, what: string): CounterExample {
  const said = stderr.trim().split('\n').at(-1) ?? '';
  const quoted = said === '' ? '' : `, saying "${said.slice(0, 200)}"`;
  const where = call === undefined ? '' : ` in ${call}`;
  const told = call === undefined ? {} : { call };
  if (limit !== undefined) {
    return {
      message: `it hangs${where}: ${what} had not ended after ${String(limit)} s`,
      values: { seconds: limit, ...told },
    };
  }
  return signal === null
    ? {
        message: `it ends the process${where} with exit status ${String(status)}${quoted}`,
        values: { status: status ?? -1, ...told },
      }
    : { message: `it crashes${where}: ${signal}${quoted}`, values: { signal, ...told } };
}
