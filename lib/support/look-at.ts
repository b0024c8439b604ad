import { AllomorphError } from '../errors/error.js';
import { messageOf } from './message-of.js';

/**
 * Looks at what a program passed, which may throw at any look: a proxy that was revoked, or an accessor of its own.
 * @param refuse makes the error, of the end of a sentence about the value
 * @throws that, or the error of this package that `look` throws
 */
export function lookAt<Result>(
  look: () => Result,
  refuse: (reason: string) => AllomorphError,
): Result {
  try {
    return look();
  } catch (error) {
    throw error instanceof AllomorphError
      ? error
      : refuse(`cannot be looked at: ${messageOf(error)}`);
  }
}
