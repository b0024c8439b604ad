import { existsSync, realpathSync } from 'node:fs';
import { isAllocatorFile } from '../allocators/installed.js';
import { specVariable } from './names.js';
import { confModule, type LaunchOptions } from './plan.js';

/** What the user should know of the environment the command is started with; a sentence each. */
export function warnings(
  { wanted, conf }: LaunchOptions,
  environment: NodeJS.ProcessEnv,
): string[] {
  const found = conf === undefined ? [] : confModule().doubtfulConf(wanted, conf);
  for (const file of preloaded(environment)) {
    if (isAllocatorFile(file) && !isSame(file, wanted.library)) {
      found.push(
        `LD_PRELOAD already holds ${file}, another provider of malloc, which comes first and wins. ` +
          'Take it out of LD_PRELOAD.',
      );
    }
  }
  const spec = environment[specVariable];
  if (wanted.interposed !== undefined && spec !== undefined && spec !== wanted.interposed.spec) {
    found.push(
      `${specVariable} is "${spec}" in the environment already, and wins over what was asked for. Unset it.`,
    );
  }
  if (!existsSync('/proc/self/fd')) {
    found.push(
      '/proc is not mounted: descriptors beyond the standard three are not passed on to the command.',
    );
  }
  return found;
}

function preloaded(environment: NodeJS.ProcessEnv): string[] {
  return (environment['LD_PRELOAD'] ?? '').split(/[ :]+/).filter(Boolean);
}

function isSame(left: string, right: string | null): boolean {
  if (right === null || !existsSync(left)) return false;
  return realpathSync(left) === realpathSync(right);
}
