import { AllomorphError } from '../errors/error.js';
import { checkOptions } from '../support/options.js';
import { show } from '../support/show.js';

export interface CheckedOptions {
  /**
   * `'poison'`: stray writes are found when the block is freed, leaves the quarantine, or by `verify()`.
   * `'page-guard'`: an access beyond a block or to a freed one ends the process, with a report of it
   * on stderr; each block takes two to three pages and some system calls. A block for which the system has no guard
   * pages left is checked as `'poison'` does, which is said once on stderr. Default: `'poison'`.
   */
  readonly level?: 'poison' | 'page-guard' | undefined;
  /**
   * Level `'page-guard'`: one in so many allocations gets guard pages, the others are checked as `'poison'` does: 1 to 2^32 - 1.
   * Which one changes from each such run of allocations to the next. Default: 1, all.
   */
  readonly every?: number | undefined;
  /** Bytes of freed blocks that are kept before their memory is used again: 0 to 2^40. Default: 16 MiB. */
  readonly quarantine?: number | undefined;
  /** Native return addresses kept for each allocation: 0 to 16. Default: 8. */
  readonly frames?: number | undefined;
  /**
   * Whether the JavaScript stack of each allocation is kept, so that messages name file and line. Default: true.
   * Costs some microseconds and about a kilobyte a block; see docs/checked.md.
   */
  readonly stacks?: boolean | undefined;
  /** What to do with blocks that are live when the process, or the worker, ends: a report on stderr. Default: `'warn'`. */
  readonly leaks?: 'warn' | 'off' | undefined;
}

export type Settings = {
  readonly [Name in keyof CheckedOptions]-?: NonNullable<CheckedOptions[Name]>;
};

const keys = ['level', 'every', 'quarantine', 'frames', 'stacks', 'leaks'] as const;

/** @throws ERR_ALLOMORPH_INVALID_ARGUMENT */
export function settingsOf(options: unknown): Settings {
  const given = checkOptions('checked', options as Record<string, unknown>, keys);
  const level = oneOf(given, 'level', ['poison', 'page-guard']);
  if (level === 'poison' && given['every'] !== undefined) {
    throw invalid('options.every', given['every'], "has no meaning without level 'page-guard'");
  }
  return {
    level,
    every: integer(given, 'every', { least: 1, most: 2 ** 32 - 1, usual: 1 }),
    quarantine: integer(given, 'quarantine', { least: 0, most: 2 ** 40, usual: 16 * 2 ** 20 }),
    frames: integer(given, 'frames', { least: 0, most: 16, usual: 8 }),
    stacks: boolean(given, 'stacks'),
    leaks: oneOf(given, 'leaks', ['warn', 'off']),
  };
}

/** The first is the default. */
function oneOf<Value extends string>(
  options: Record<string, unknown>,
  key: string,
  values: readonly [Value, ...Value[]],
): Value {
  const given = options[key] ?? values[0];
  const value = values.find((each) => each === given);
  if (value !== undefined) return value;
  const valid = values.map((each) => `'${each}'`).join(' or ');
  throw invalid(`options.${key}`, given, `must be ${valid}; leave it out for '${values[0]}'`);
}

function integer(
  options: Record<string, unknown>,
  key: string,
  { least, most, usual }: { least: number; most: number; usual: number },
): number {
  const value = options[key] ?? usual;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) {
    return value;
  }
  throw invalid(
    `options.${key}`,
    value,
    `must be an integer from ${String(least)} to ${String(most)}; leave it out for ${String(usual)}`,
  );
}

function boolean(options: Record<string, unknown>, key: string): boolean {
  const value = options[key] ?? true;
  if (typeof value === 'boolean') return value;
  throw invalid(`options.${key}`, value, 'must be true or false; leave it out for true');
}

function invalid(parameter: string, value: unknown, rule: string): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_INVALID_ARGUMENT',
    `checked: ${parameter} ${rule}, got ${show(value)}.`,
    { [parameter]: value },
  );
}
