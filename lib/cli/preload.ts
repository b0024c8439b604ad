import { findWanted } from '../process/wanted.js';
import { CliError } from './cli-error.js';
import { parseOptions } from './options.js';

/**
 * `allomorph preload [NAME]`: the path for LD_PRELOAD and nothing else, for
 * `LD_PRELOAD="$(allomorph preload)"`.
 */
export function preload(args: string[]): void {
  const { positionals } = parseOptions('preload', args, {}, 1);
  if (process.platform !== 'linux') {
    throw new CliError(`Libraries can be preloaded on Linux only, not on ${process.platform}.`);
  }
  // The rules of `allomorph run`: what it would refuse to preload is not printed.
  const name = positionals[0] ?? 'jemalloc';
  const { library, interposed } = findWanted(name, 'NAME');
  if (interposed !== undefined) {
    throw new CliError(
      `"${name}" takes more than a library in LD_PRELOAD. ` +
        `Use: allomorph run --allocator ${name} -- COMMAND…`,
    );
  }
  if (library === null) {
    throw new CliError('"system" is the malloc of the C library: leave LD_PRELOAD alone.');
  }
  process.stdout.write(`${library}\n`);
}
