import { writeSync } from 'node:fs';
import { constants } from 'node:os';
import { addon } from '../native/load.js';
import { checkCommand } from './check-command.js';
import { exitStatus, LaunchError } from './failure.js';
import { findExecutable, nodeExecutable } from './find-executable.js';
import { closeInspector } from './inspector.js';
import { planChanges, type Changes, type LaunchOptions } from './plan.js';
import { tryLibrary } from './trial.js';
import { warnings } from './warnings.js';

/**
 * Replaces this process by the command, on the allocator: same pid, stdio, directory; signals
 * and exit status are the command's own. Does not return.
 * @throws LaunchError
 */
export function launch(command: readonly string[], options: LaunchOptions): never {
  const [name = ''] = command;
  const file = findExecutable(name, process.env['PATH']);
  replace(file, command, false, options);
}

/** Replaces this process by the command, on the allocator that this process is on. */
export function launchUnchanged(command: readonly string[]): never {
  const [name = ''] = command;
  exec(findExecutable(name, process.env['PATH']), command, false, []);
}

/** The same for this very program: started again with all its arguments. */
export function launchAgain(options: LaunchOptions): never {
  const args = [process.argv0, ...process.execArgv, ...process.argv.slice(1)];
  replace(nodeExecutable(), args, true, options);
}

/**
 * @param args with the program's name first: all words of this process's command line, or its last
 * ones; what is passed on are the bytes that the kernel keeps of them
 */
function replace(
  file: string,
  args: readonly string[],
  sameProgram: boolean,
  options: LaunchOptions,
): never {
  checkCommand(file);
  const changes = planChanges(options);
  for (const warning of warnings(options, process.env)) {
    // Not process.stderr: that would leave a pipe nonblocking, which the command shares.
    writeSync(2, `allomorph: warning: ${warning}\n`);
  }
  if (options.verify) tryLibrary(options.wanted);
  exec(file, args, sameProgram, changes);
}

function exec(
  file: string,
  args: readonly string[],
  sameProgram: boolean,
  changes: Changes,
): never {
  closeInspector();
  const length = process.execArgv.length + process.argv.length;
  throw failure(file, addon.replaceProcess(file, args, sameProgram, length, changes));
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
    case constants.errno.ENOEXEC:
      return new LaunchError(
        `${file} is no program of this machine, and has no "#!" line. Start a script by its interpreter: sh ${file}.`,
        exitStatus.notExecutable,
      );
    default:
      return new LaunchError(
        `${file} cannot be executed (errno ${String(errno)}).`,
        exitStatus.notExecutable,
      );
  }
}
