import { parseArgs } from 'node:util';
import { launch } from '../process/launch.js';
import { allocatorVariable, presetVariable } from '../process/names.js';
import { inheritances, type Inherit, type LaunchOptions } from '../process/plan.js';
import { presetOf } from '../process/settings/index.js';
import { findWanted } from '../process/wanted.js';
import { variable } from '../support/environment.js';
import { CliError } from './cli-error.js';

/** `allomorph run [options] -- COMMAND…`. Does not return when it works. */
export function run(args: string[]): void {
  // Without "--" the command begins at the first word that is no option of ours.
  const separator = args.indexOf('--');
  const { values, positionals } = parse(separator < 0 ? args : args.slice(0, separator));
  const command = separator < 0 ? positionals : args.slice(separator + 1);
  if (command.length === 0) {
    throw new CliError('There is no command to run. Example: allomorph run -- node server.js');
  }
  if (separator >= 0 && positionals.length > 0) {
    throw new CliError(
      `Unexpected "${positionals.join(' ')}" before "--". Put the whole command after it.`,
    );
  }
  launch(command, options(values));
}

interface Flags {
  allocator?: string | undefined;
  preset?: string | undefined;
  conf?: string | undefined;
  inherit?: string | undefined;
  'no-verify'?: boolean | undefined;
}

function options(flags: Flags): LaunchOptions {
  return {
    wanted:
      flags.allocator === undefined
        ? findWanted(variable(allocatorVariable) ?? 'jemalloc', allocatorVariable)
        : findWanted(flags.allocator, '--allocator'),
    preset:
      flags.preset === undefined
        ? presetOf(variable(presetVariable) ?? 'balanced', presetVariable)
        : presetOf(flags.preset, '--preset'),
    conf: flags.conf,
    inherit: inherit(flags.inherit ?? 'node'),
    verify: flags['no-verify'] !== true,
  };
}

function inherit(name: string): Inherit {
  const known = inheritances.find((candidate) => candidate === name);
  if (known !== undefined) return known;
  throw new CliError(`--inherit is "${name}". Valid: ${inheritances.join(', ')}.`);
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        allocator: { type: 'string' },
        preset: { type: 'string' },
        conf: { type: 'string' },
        inherit: { type: 'string' },
        'no-verify': { type: 'boolean' },
      },
      allowPositionals: true,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(
      `${reason} Options of the command itself go after "--": allomorph run -- COMMAND…`,
    );
  }
}
