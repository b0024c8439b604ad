import { readlinkSync } from 'node:fs';
import path from 'node:path';
import { variable } from '../support/environment.js';
import { LaunchError } from './failure.js';
import { guardedLibrary } from './guarded-library.js';
import { allocatorVariable } from './names.js';
import { requireLinux } from './platform.js';

/**
 * What `allomorph/process` does: puts this process on the allocator by starting its program
 * again, once, with the same pid, arguments, directory, environment and streams.
 *
 * @param name the allocator of the entry point; undefined leaves it to the default
 */
export function onAllocator(name: string | undefined): void {
  if (isWorker()) return; // threads share the process's malloc
  try {
    requireLinux();
    const library = guardedLibrary();
    if (library === undefined) {
      // Only now: the second start shall not pay for what only the first one needs.
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- see above
      (require('./start-again.js') as typeof import('./start-again.js')).startAgain(name);
    }
    if (name !== undefined) warnWhenOverridden(name, library);
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    process.stderr.write(`allomorph: ${error.message}\n`);
    process.exit(error.status);
  }
}

function isWorker(): boolean {
  // Loading node:worker_threads takes 2% of a start, twice; the initial thread need not ask.
  if (isInitialThread()) return false;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- see above
  return !(require('node:worker_threads') as typeof import('node:worker_threads')).isMainThread;
}

function isInitialThread(): boolean {
  try {
    const [process, , thread] = readlinkSync('/proc/thread-self').split('/'); // 123/task/123
    return process === thread;
  } catch {
    return false; // no /proc: not known
  }
}

/** The operator, by the variable or by `allomorph run`, wins over the entry point's name. */
function warnWhenOverridden(name: string, library: string | undefined): void {
  const operator = variable(allocatorVariable);
  const runsOnOther =
    library !== undefined &&
    (library === 'libc' ? name !== 'system' : !path.basename(library).includes(name));
  if (!runsOnOther && (operator === undefined || operator === name)) return;
  const wins =
    operator === undefined
      ? `the process was started on ${String(library)}`
      : `${allocatorVariable}=${operator}`;
  process.emitWarning(
    `The program asks for ${name} (allomorph/process/${name}); the operator's choice wins: ${wins}.`,
    { type: 'AllomorphWarning', code: 'ALLOMORPH_OPERATOR_WINS' },
  );
}
