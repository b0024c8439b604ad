import { AllomorphError } from '../errors/error.js';
import { addon } from '../native/load.js';
import { show } from '../support/show.js';

/** The operator's variable for the global backend. */
export const globalVariable = 'ALLOMORPH_ALLOCATOR';

/**
 * Stops a program whose operator asked for an allocator that cannot be had: running on another
 * one than asked for would be noticed only much later.
 * @throws ERR_ALLOMORPH_UNKNOWN_ALLOCATOR, or ERR_ALLOMORPH_UNAVAILABLE for a known name
 */
export function checkEnvironment(): void {
  const { value, valid } = addon.environmentChoice();
  if (valid) return;
  const names = addon.backends.filter((name) => name !== null).join(', ');
  if (value === 'jemalloc') {
    throw new AllomorphError(
      'ERR_ALLOMORPH_UNAVAILABLE',
      `${globalVariable} is "jemalloc", but allomorph was built without jemalloc. ` +
        `Build it with jemalloc, or set the variable to one of: ${names}.`,
      { [globalVariable]: value },
    );
  }
  throw new AllomorphError(
    'ERR_ALLOMORPH_UNKNOWN_ALLOCATOR',
    `${globalVariable} is ${show(value)}, which is not an allocator. ` +
      `Valid: ${names}. Correct or unset the variable.`,
    { [globalVariable]: value },
  );
}
