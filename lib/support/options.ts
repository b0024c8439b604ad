import { types } from 'node:util';
import { AllomorphError } from '../errors/error.js';
import { lookAt } from './look-at.js';
import { show } from './show.js';

/**
 * Every function of this package takes its options by one rule: an object with properties (of any class, but no Map, Date
 * or the like, whose content is none), no other name than these, and undefined for what is left out. Null is no value of any.
 * @param of the function or class, for the message
 * @throws ERR_ALLOMORPH_INVALID_ARGUMENT
 */
export function checkOptions<Options extends object>(
  of: string,
  options: Options,
  names: readonly (keyof Options & string)[],
): Options {
  const rule = `must be an object with ${names.join(', ')}`;
  if (!hasProperties(options)) throw invalid(of, 'options', options, rule);
  lookAt(
    () => {
      checkProperties(of, options, names);
    },
    (reason) => invalid(of, 'options', options, `${rule}, and ${reason}`),
  );
  return options;
}

function checkProperties<Options extends object>(
  of: string,
  options: Options,
  names: readonly (keyof Options & string)[],
): void {
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
}

function hasProperties(options: unknown): boolean {
  if (typeof options !== 'object' || options === null) return false;
  try {
    if (Array.isArray(options)) return false;
    const prototype: unknown = Object.getPrototypeOf(options);
    return prototype === Object.prototype || prototype === null || !isBuiltIn(options);
  } catch {
    return false; // a proxy that was revoked, or throws
  }
}

/** By what it is: a class may name itself Map. */
function isBuiltIn(value: object): boolean {
  return (
    types.isMap(value) ||
    types.isSet(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    types.isDate(value) ||
    types.isRegExp(value) ||
    types.isPromise(value) ||
    types.isNativeError(value) ||
    types.isBoxedPrimitive(value) ||
    types.isAnyArrayBuffer(value) ||
    ArrayBuffer.isView(value)
  );
}

function invalid(of: string, parameter: string, value: unknown, rule: string): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_INVALID_ARGUMENT',
    `${of}: ${parameter} ${rule}; got ${show(value)}.`,
    { [parameter]: value },
  );
}
