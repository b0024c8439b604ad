import { readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { LaunchError } from './failure.js';
import { guardVariable } from './plan.js';

/**
 * What `allomorph/process` does: puts this process on the allocator by starting its program
 * again, once, with the same pid, arguments, directory, environment and streams.
 *
 * @param name the allocator of the entry point; undefined leaves it to the default
 */
export function onAllocator(name: string | undefined): void {
  if (!isMainThread) return; // threads share the process's malloc
  try {
    if (isGuarded()) {
      if (name !== undefined) warnWhenOverridden(name);
      return;
    }
    // Only now: the second start shall not pay for what only the first one needs.
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- see above
    (require('./start-again.js') as typeof import('./start-again.js')).startAgain(name);
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    process.stderr.write(`allomorph: ${error.message}\n`);
    process.exit(error.status);
  }
}

/**
 * Whether the guard is in this process: then it is on an allocator of our launcher's choice, and
 * proven to be. The kernel keeps the environment that the process was started with; the guard has
 * taken its variable out of the present one.
 */
function isGuarded(): boolean {
  if (process.env[guardVariable] !== undefined) {
    throw new LaunchError(
      'LD_PRELOAD was ignored when the process was started again, so that it is not on the ' +
        'allocator asked for. Look at the dynamic linker\'s messages above; allomorph doctor tells more.',
    );
  }
  try {
    const initial = readFileSync('/proc/self/environ', 'latin1');
    return `\0${initial}`.includes(`\0${guardVariable}=`);
  } catch {
    throw new LaunchError(
      'allomorph/process needs /proc to be mounted: it reads there how this process was started. ' +
        'Mount it, or use allomorph run.',
    );
  }
}

/** The operator, by the variable or by `allomorph run`, wins over the entry point's name. */
function warnWhenOverridden(name: string): void {
  const operator = process.env['ALLOMORPH_PROCESS_ALLOCATOR'];
  if (operator === undefined || operator === '' || operator === name) return;
  process.emitWarning(
    `The program asks for ${name} by importing allomorph/process/${name}; the operator's ` +
      `ALLOMORPH_PROCESS_ALLOCATOR=${operator} wins.`,
    { type: 'AllomorphWarning', code: 'ALLOMORPH_OPERATOR_WINS' },
  );
}
