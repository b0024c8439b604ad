import { constants } from 'node:os';
import { CliError, exitStatus } from '../cli/cli-error.js';
import { addon } from '../native/load.js';
import { findExecutable } from './find-executable.js';
import { launchEnvironment, type LaunchableName } from './launch-plan.js';

/**
 * Replaces this process by the command, on the allocator: same pid, stdio, directory; signals
 * and exit status are the command's own. Does not return.
 */
export function launch(command: readonly string[], allocator: LaunchableName): never {
  const [name = '', ...args] = command;
  const environment = launchEnvironment(allocator, process.env);
  const file = findExecutable(name, process.env['PATH']);
  const errno = addon.replaceProcess(file, [name, ...args], toEntries(environment));
  throw errno === constants.errno.ENOENT
    ? new CliError(
        `${file} cannot be started: the interpreter it names does not exist.`,
        exitStatus.notFound,
      )
    : new CliError(
        `${file} cannot be executed (errno ${String(errno)}).`,
        exitStatus.notExecutable,
      );
}

function toEntries(environment: NodeJS.ProcessEnv): string[] {
  return Object.entries(environment).map(([key, value]) => `${key}=${value ?? ''}`);
}
