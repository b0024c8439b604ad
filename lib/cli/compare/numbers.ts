import { CliError } from '../cli-error.js';

/** Seven days, in seconds: beyond it, a number is a mistake. */
const longest = 604_800;

/** @returns undefined when the flag was not given */
export function seconds(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (value > 0 && value <= longest) return value;
  throw new CliError(
    `${flag} is "${text}". It takes seconds: a number above 0, up to ${String(longest)}.`,
  );
}

/** @returns undefined when the flag was not given */
export function wholeNumber(
  flag: string,
  text: string | undefined,
  most: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (value >= 1 && value <= most) return value;
  throw new CliError(`${flag} is "${text}". It takes a whole number from 1 to ${String(most)}.`);
}
