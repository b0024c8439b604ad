import { realpathSync } from 'node:fs';
import { isatty } from 'node:tty';
import { variable } from '../support/environment.js';
import { LaunchError } from './failure.js';
import { launchAgain } from './launch.js';
import { interposerSpec, mallocProvider } from './malloc-provider.js';
import { allocatorVariable, presetVariable } from './names.js';
import { presetOf } from './settings/index.js';
import { findWanted, type Wanted } from './wanted.js';

/** Replaces this process by itself on the wanted allocator; returns when it runs on it already. */
export function startAgain(name: string | undefined): void {
  const operator = variable(allocatorVariable);
  const wanted =
    operator === undefined
      ? findWanted(name ?? 'jemalloc', 'allomorph/process')
      : findWanted(operator, allocatorVariable);
  if (runsOn(wanted)) return;
  refuseProgramOnStdin();
  launchAgain({
    wanted,
    preset: presetOf(variable(presetVariable) ?? 'balanced', presetVariable),
    conf: undefined,
    inherit: 'node',
    verify: true,
  });
}

function runsOn({ kind, library, interposed }: Wanted): boolean {
  const provider = mallocProvider();
  if (interposed !== undefined) return interposerSpec() === interposed.spec;
  if (library === null) return provider.name === 'glibc' || provider.name === 'musl';
  // Somebody else's preload of the same allocator is as good: it is what was asked for.
  if (provider.library !== null && realpathSync(provider.library) === realpathSync(library))
    return true;
  return provider.name === kind;
}

/**
 * By the time that an `--import` is evaluated, Node has read a program that comes on stdin: started
 * again, it would find an empty one, and end in silence.
 */
function refuseProgramOnStdin(): void {
  const { execArgv, argv } = process;
  const [, script] = argv;
  if (script !== undefined && script !== '-') return;
  const imported = [...execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ').includes('--import');
  const byOption = execArgv.some((option) =>
    /^(-e|-p|-pe|-i|--eval|--print|--interactive|--test)\b/.test(option),
  );
  // Not process.stdin: making that stream leaves a pipe nonblocking, which the next start shares.
  if (!imported || byOption || isatty(0)) return;
  throw new LaunchError(
    'With --import, Node has read the program on stdin before allomorph/process can start it again. ' +
      'Use --require allomorph/process, or allomorph run.',
  );
}
