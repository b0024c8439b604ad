import { AllomorphError } from '../errors/error.js';
import { checkOptions } from '../support/options.js';
import { show } from '../support/show.js';

export interface CachedOptions {
  /** The largest size that has magazines, bytes: 16 to 65,536. Default: 32,768. */
  readonly maxSize?: number | undefined;
  /** What the magazines may hold together, bytes: 0 to 2^30. Default: 4 MiB. */
  readonly maxBytes?: number | undefined;
  /**
   * Milliseconds without an allocation after which the magazines are given back, at the latest after
   * twice as many: 1 to 2^31 - 1, or 0 for never. Default: 10,000. The timer does not keep the process alive.
   */
  readonly idle?: number | undefined;
}

export type Settings = {
  readonly [Name in keyof CachedOptions]-?: NonNullable<CachedOptions[Name]>;
};

const limits = {
  maxSize: { from: 16, to: 65_536, usual: 32_768 },
  maxBytes: { from: 0, to: 2 ** 30, usual: 4 * 2 ** 20 },
  idle: { from: 0, to: 2 ** 31 - 1, usual: 10_000 },
} as const;

const names = Object.keys(limits) as (keyof Settings)[];

/** @throws ERR_ALLOMORPH_INVALID_ARGUMENT */
export function settingsOf(options: CachedOptions): Settings {
  checkOptions('cached', options, names);
  return {
    maxSize: read(options, 'maxSize'),
    maxBytes: read(options, 'maxBytes'),
    idle: read(options, 'idle'),
  };
}

function read(options: CachedOptions, key: keyof Settings): number {
  const { from, to, usual } = limits[key];
  const value = options[key] ?? usual;
  if (Number.isInteger(value) && value >= from && value <= to) return value;
  throw invalid(
    `options.${key}`,
    value,
    `must be an integer from ${String(from)} to ${String(to)}; leave it out for ${String(usual)}`,
  );
}

function invalid(parameter: string, value: unknown, rule: string): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_INVALID_ARGUMENT',
    `cached: ${parameter} ${rule}, got ${show(value)}.`,
    { [parameter]: value },
  );
}
