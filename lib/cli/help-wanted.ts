const brand = Symbol.for('allomorph.HelpWanted');

/** `--help` or `-h` stands among the options: a description is wanted, and not what the command does. */
export class HelpWanted extends Error {
  readonly [brand] = true;

  constructor(readonly command: string) {
    super(`allomorph ${command} --help`);
  }

  /** By the brand: the launcher is bundled, so that a process may hold two copies of this class. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
