import { AllomorphError } from '../../errors/error.js';

/** The error for any use of memory that went back. */
export function freedError(what: string, use: string): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_FREED',
    `${what} was freed before: ${use} is not possible any more. Free it once, when all work on its ` +
      'bytes is done.',
    {},
  );
}
