import { guardedLibrary } from '../process/guarded-library.js';
import { launch, launchUnchanged } from '../process/launch.js';
import { allocatorVariable, presetVariable, reportVariable } from '../process/names.js';
import { inheritOf, type LaunchOptions } from '../process/plan.js';
import { presetOf } from '../process/settings/index.js';
import { findWanted } from '../process/wanted.js';
import { variable } from '../support/environment.js';
import { CliError } from './cli-error.js';
import { parseOptions, splitCommand, type Parsed } from './options.js';

/** `allomorph run [options] -- COMMAND…`. Does not return when it works. */
export function run(args: string[]): void {
  const [ours, command] = splitCommand(args, described);
  const { values } = parseOptions('run', ours, described);
  if (command.length === 0) {
    throw new CliError('There is no command to run. Example: allomorph run -- node server.js');
  }
  if (isPinned()) launchUnchanged(command);
  launch(command, options(values));
}

/**
 * Inside `allomorph compare`, which runs the command on one candidate after the other: a launcher in a
 * script of it would put them all on the same one.
 */
function isPinned(): boolean {
  return variable(reportVariable) !== undefined && guardedLibrary() !== undefined;
}

const described = {
  allocator: { type: 'string' },
  preset: { type: 'string' },
  conf: { type: 'string' },
  inherit: { type: 'string' },
  'no-verify': { type: 'boolean' },
} as const;

type Flags = Parsed<typeof described>['values'];

function options(flags: Flags): LaunchOptions {
  // What is only a word is checked before a library is looked for.
  const preset =
    flags.preset === undefined
      ? presetOf(variable(presetVariable) ?? 'balanced', presetVariable)
      : presetOf(flags.preset, '--preset');
  const inheritance = inheritOf(flags.inherit ?? 'node');
  const wanted =
    flags.allocator === undefined
      ? findWanted(variable(allocatorVariable) ?? 'jemalloc', allocatorVariable)
      : findWanted(flags.allocator, '--allocator');
  const verify = flags['no-verify'] !== true;
  return { wanted, preset, conf: flags.conf, inherit: inheritance, verify };
}
