import { mallocProvider } from './malloc-provider.js';
import { variable } from '../support/environment.js';
import { replace } from './launch.js';
import { allocatorVariable, presetVariable } from './names.js';
import { presetOf } from './settings/index.js';
import { findWanted, type Wanted } from './wanted.js';
import { realpathSync } from 'node:fs';

/** Replaces this process by itself on the wanted allocator; returns when it runs on it already. */
export function startAgain(name: string | undefined): void {
  const operator = variable(allocatorVariable);
  const wanted =
    operator === undefined
      ? findWanted(name ?? 'jemalloc', 'allomorph/process')
      : findWanted(operator, allocatorVariable);
  if (runsOn(wanted)) return;
  replace(process.execPath, [process.argv0, ...process.execArgv, ...process.argv.slice(1)], {
    wanted,
    preset: presetOf(variable(presetVariable) ?? 'balanced', presetVariable),
    conf: undefined,
    inherit: 'node',
    verify: true,
  });
}

function runsOn({ kind, library }: Wanted): boolean {
  const provider = mallocProvider();
  if (library === null) return provider.name === 'glibc' || provider.name === 'musl';
  // Somebody else's preload of the same allocator is as good: it is what was asked for.
  if (provider.library !== null && realpathSync(provider.library) === realpathSync(library))
    return true;
  return provider.name === kind;
}
