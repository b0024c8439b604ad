import { parseArgs } from 'node:util';
import { launch } from '../process/launch.js';
import { launchable, type LaunchableName } from '../process/launch-plan.js';
import { CliError } from './cli-error.js';

/** `allomorph run [--allocator NAME] -- COMMAND…`. Does not return when it works. */
export function run(args: string[]): void {
  const separator = args.indexOf('--');
  const options = parseOptions(separator < 0 ? args : args.slice(0, separator));
  const command = separator < 0 ? options.rest : args.slice(separator + 1);
  if (command.length === 0) {
    throw new CliError('There is no command to run. Example: allomorph run -- node server.js');
  }
  if (separator >= 0 && options.rest.length > 0) {
    throw new CliError(
      `Unexpected "${options.rest.join(' ')}" before "--". Put the whole command after it.`,
    );
  }
  launch(command, options.allocator);
}

function parseOptions(args: string[]): { allocator: LaunchableName; rest: string[] } {
  // Without "--" the command begins at the first word that is not an option of ours.
  const { values, positionals } = parse(args);
  return { allocator: allocatorName(values.allocator), rest: positionals };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: { allocator: { type: 'string', default: 'jemalloc' } },
      allowPositionals: true,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(
      `${reason} Options of the command itself go after "--": allomorph run -- COMMAND…`,
    );
  }
}

function allocatorName(name: string): LaunchableName {
  const known = launchable.find((candidate) => candidate === name);
  if (known !== undefined) return known;
  throw new CliError(`--allocator is "${name}". Valid: ${launchable.join(', ')}.`);
}
