import { AllomorphError } from '../errors/error.js';
import { show } from './show.js';

/**
 * Every function of this package takes its options by one rule: a plain object, no other name than these, and
 * undefined for what is left out. Null is no value of any.
 * @param of the function or class, for the message
 * @throws ERR_ALLOMORPH_INVALID_ARGUMENT
 */
export function checkOptions<Options extends object>(
  of: string,
  options: Options,
  names: readonly (keyof Options & string)[],
): Options {
  if (typeof options !== 'object' || (options as unknown) === null || Array.isArray(options)) {
    throw invalid(of, 'options', options, `must be an object with ${names.join(', ')}`);
  }
  for (const key in options) {
    if (!names.includes(key)) {
      if (!Object.hasOwn(options, key)) continue; // somebody has extended Object.prototype
      throw invalid(
        of,
        `options.${key}`,
        options[key],
        `is no option: there are ${names.join(', ')}`,
      );
    }
    if (options[key] === null) {
      throw invalid(of, `options.${key}`, null, 'cannot be null: leave it out for its default');
    }
  }
  return options;
}

function invalid(of: string, parameter: string, value: unknown, rule: string): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_INVALID_ARGUMENT',
    `${of}: ${parameter} ${rule}; got ${show(value)}.`,
    { [parameter]: value },
  );
}
