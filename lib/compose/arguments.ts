import { AllomorphError } from '../errors/error.js';
import { show } from '../support/show.js';

/**
 * @param of the call that it is a parameter of, where that does not show
 * @throws ERR_ALLOMORPH_INVALID_ARGUMENT unless it is an integer in the range
 */
export function checkInteger(
  parameter: string,
  value: unknown,
  from: number,
  to: number,
  of = '',
): number {
  if (Number.isSafeInteger(value) && (value as number) >= from && (value as number) <= to) {
    return value as number;
  }
  throw invalid(parameter, value, `must be an integer from ${String(from)} to ${limit(to)}`, of);
}

export function invalid(parameter: string, value: unknown, rule: string, of = ''): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_INVALID_ARGUMENT',
    `${of === '' ? '' : `${of}: `}${parameter} ${rule}; got ${show(value)}.`,
    { [parameter]: value },
  );
}

function limit(value: number): string {
  return value === Number.MAX_SAFE_INTEGER ? '2^53 - 1' : String(value);
}
