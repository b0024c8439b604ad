import type { ErrorCode } from './codes.js';

/**
 * The one error class of this package. `code` tells errors apart; the text is for people and
 * may change.
 */
export class AllomorphError extends Error {
  readonly code: ErrorCode;
  /** The offending values, by the name of the parameter, flag or variable. */
  readonly values: Readonly<Record<string, unknown>>;

  /**
   * @param message what was wrong, the value, what to do
   */
  constructor(
    code: ErrorCode,
    message: string,
    values: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.values = values;
  }

  static {
    // On the prototype, as with built-in errors, so that it is not enumerable.
    Object.defineProperty(this.prototype, 'name', {
      value: 'AllomorphError',
      configurable: true,
      writable: true,
    });
  }
}
