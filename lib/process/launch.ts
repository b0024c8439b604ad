import { constants } from 'node:os';
import { addon } from '../native/load.js';
import { checkCommand } from './check-command.js';
import { exitStatus, LaunchError } from './failure.js';
import { findExecutable } from './find-executable.js';
import { closeInspector } from './inspector.js';
import { planChanges, type LaunchOptions } from './plan.js';
import { warnings } from './warnings.js';

/**
 * Replaces this process by the command, on the allocator: same pid, stdio, directory; signals
 * and exit status are the command's own. Does not return.
 * @throws LaunchError
 */
export function launch(command: readonly string[], options: LaunchOptions): never {
  const [name = ''] = command;
  const file = findExecutable(name, process.env['PATH']);
  replace(file, command, options);
}

/** @param args with the program's name first; the last words of this process's command line */
export function replace(file: string, args: readonly string[], options: LaunchOptions): never {
  checkCommand(file);
  const changes = planChanges(options, process.env);
  for (const warning of warnings(options.wanted, process.env)) {
    process.stderr.write(`allomorph: warning: ${warning}\n`);
  }
  closeInspector();
  const length = 1 + process.execArgv.length + process.argv.length - 1;
  throw failure(file, addon.replaceProcess(file, args, length, changes));
}

function failure(file: string, errno: number): LaunchError {
  switch (errno) {
    case constants.errno.ENOENT:
      return new LaunchError(
        `${file} cannot be started: the interpreter it names does not exist.`,
        exitStatus.notFound,
      );
    case constants.errno.E2BIG:
      return new LaunchError(
        `${file} cannot be started: its arguments and environment are too long (E2BIG).`,
      );
    default:
      return new LaunchError(
        `${file} cannot be executed (errno ${String(errno)}).`,
        exitStatus.notExecutable,
      );
  }
}
