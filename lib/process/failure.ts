/** Exit statuses of the command line and of `allomorph/process`, as env(1) and timeout(1) have them. */
export const exitStatus = {
  /** allomorph itself failed; the command was not started. */
  failed: 125,
  /** The command was found and cannot be executed. */
  notExecutable: 126,
  /** The command was not found. */
  notFound: 127,
} as const;

const brand = Symbol.for('allomorph.LaunchError');

/** Ends the program with a sentence on stderr and a status. */
export class LaunchError extends Error {
  readonly status: number;
  readonly [brand] = true;

  constructor(message: string, status: number = exitStatus.failed) {
    super(message);
    this.status = status;
  }

  /** By the brand: the launcher is bundled, so that a process may hold two copies of this class. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }
}

/** Options of the allocator itself that cannot be taken: the user has written them behind `--conf`. */
export class ConfError extends LaunchError {
  /** @param reason what follows upon the place where they stand: `has "foo"; …` */
  constructor(readonly reason: string) {
    super(`--conf ${reason}`);
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof LaunchError && 'reason' in value;
  }
}
