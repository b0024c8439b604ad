import type { Command } from '../command.js';
import type { Wanted } from '../../process/wanted.js';
import { quote } from '../../support/shell.js';
import type { EnvironmentChange } from './environment-changes.js';
import type { Spec } from './spec.js';

/** What the user types to have the program on this allocator from now on. */
export function lineFor(
  spec: Spec,
  wanted: Wanted,
  cleared: readonly EnvironmentChange[],
  command: Command,
): string {
  const program = command.words.map(quote).join(' ');
  return [...clearing(cleared), ...starting(spec, wanted), program].join(' ');
}

/** What the user has set goes first, or it would win over what is recommended. */
function clearing(cleared: readonly EnvironmentChange[]): string[] {
  if (cleared.length === 0) return [];
  return [
    'env',
    ...cleared.filter(([, value]) => value === null).map(([name]) => `-u ${name}`),
    ...cleared.flatMap(([name, value]) => (value === null ? [] : [`${name}=${quote(value)}`])),
  ];
}

function starting({ allocator, preset, conf }: Spec, { isOwn, library }: Wanted): string[] {
  if (library === null && preset === null && conf === undefined) return [];
  if (preset === null && isOwn) {
    // `run` has a preset always; jemalloc as it comes is the preload alone.
    const settings = conf === undefined ? [] : [`MALLOC_CONF=${quote(conf)}`];
    return [...settings, 'LD_PRELOAD="$(npx allomorph preload)"'];
  }
  return [
    'npx allomorph run',
    ...(isOwn ? [] : [`--allocator ${quote(allocator)}`]),
    ...(preset === null || preset === 'balanced' ? [] : [`--preset ${preset}`]),
    ...(conf === undefined ? [] : [`--conf ${quote(conf)}`]),
    '--',
  ];
}
