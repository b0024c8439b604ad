import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BenchFailure } from './failure.js';
import { root } from './layout.js';

const execute = promisify(execFile);

/** Runs a compiler in the folder of package.json. */
export async function compile(
  suite: string,
  command: string,
  args: readonly string[],
): Promise<void> {
  try {
    await execute(command, args, { cwd: root });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BenchFailure(`The native part of the suite "${suite}" cannot be built. ${reason}`);
  }
}
