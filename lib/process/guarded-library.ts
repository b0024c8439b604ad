import { readFileSync } from 'node:fs';
import { LaunchError } from './failure.js';
import { anyLibrary, guardVariable, recordEnd } from './names.js';

/**
 * The library that the guard of this process has proven to be its malloc (`libc`: the C
 * library's), or undefined when there is no guard: our launcher did not start it. The kernel keeps
 * the environment that the process was started with; the guard has taken its variable out of the
 * present one.
 */
export function guardedLibrary(): string | undefined {
  if (process.env[guardVariable] !== undefined) {
    throw new LaunchError(
      'LD_PRELOAD was ignored when the process was started again, so that it is not on the ' +
        "allocator asked for. Look at the dynamic linker's messages above; allomorph doctor tells more.",
    );
  }
  const plan = new RegExp(`(?:^|\\0)${guardVariable}=([^\\0]*)`).exec(initialEnvironment())?.[1];
  const library = plan === undefined ? undefined : libraryOf(plan);
  return library === anyLibrary ? undefined : library;
}

function libraryOf(plan: string): string {
  const record = plan.split(recordEnd).find((text) => /^.?library=/.test(text));
  return record?.replace(/^.?library=/, '') ?? '';
}

function initialEnvironment(): string {
  try {
    return readFileSync('/proc/self/environ', 'latin1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new LaunchError(
      code === 'ENOENT'
        ? 'allomorph/process needs /proc to be mounted: it reads there how this process was started. ' +
            'Mount it, or use allomorph run.'
        : `allomorph/process may not read /proc/self/environ (${String(code)}), where it finds out how this process ` +
            'was started: Node is setuid, has file capabilities or runs under --permission. Use allomorph run.',
    );
  }
}
