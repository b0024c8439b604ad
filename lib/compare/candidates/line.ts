import type { Command } from '../command.js';
import type { Inherit } from '../../process/plan.js';
import { settingsFor } from '../../process/settings/index.js';
import type { Wanted } from '../../process/wanted.js';
import { quote } from '../../support/shell.js';
import type { EnvironmentChange } from './environment-changes.js';
import type { Spec } from './spec.js';

/** What the user types to have the program on this allocator from now on. */
export function lineFor(
  spec: Spec,
  wanted: Wanted,
  inherit: Inherit,
  cleared: readonly EnvironmentChange[],
  command: Command,
): string {
  const program = command.words.map(quote).join(' ');
  const start =
    spec.preset === null && wanted.library !== null && wanted.interposed === undefined
      ? byHand(spec, wanted, cleared)
      : byLauncher(spec, wanted, inherit);
  return [...clearing(cleared), ...start, program].join(' ');
}

/** What the user has set goes first, or it would win over what is recommended. */
function clearing(cleared: readonly EnvironmentChange[]): string[] {
  if (cleared.length === 0) return [];
  return [
    'env',
    ...cleared.filter(([, value]) => value === null).map(([name]) => `-u ${quote(name)}`),
    ...cleared.flatMap(([name, value]) => (value === null ? [] : [`${name}=${quote(value)}`])),
  ];
}

/** `run` sets a preset always; an allocator as it comes is the preload alone. */
function byHand({ conf }: Spec, wanted: Wanted, cleared: readonly EnvironmentChange[]): string[] {
  const settings = settingsFor(wanted.kind, null, conf);
  const library = wanted.isOwn ? '$(npx allomorph preload)' : (wanted.library ?? '');
  const theirs = cleared.find(([name]) => name === 'LD_PRELOAD');
  const kept =
    theirs === undefined
      ? '${LD_PRELOAD:+:$LD_PRELOAD}'
      : theirs[1] === null
        ? ''
        : `:${theirs[1]}`;
  const hasPreload = theirs !== undefined || process.env['LD_PRELOAD'] !== undefined;
  return [
    ...settings.map(({ name, value }) => `${name}=${quote(value)}`),
    `LD_PRELOAD="${library}${hasPreload ? kept : ''}"`,
  ];
}

function byLauncher(
  { allocator, preset, conf }: Spec,
  { isOwn, interposed }: Wanted,
  inherit: Inherit,
): string[] {
  return [
    'npx allomorph run',
    ...(isOwn && interposed === undefined ? [] : [`--allocator ${quote(allocator)}`]),
    ...(preset === null || preset === 'balanced' ? [] : [`--preset ${preset}`]),
    ...(conf === undefined ? [] : [`--conf ${quote(conf)}`]),
    ...(inherit === 'node' ? [] : [`--inherit ${inherit}`]),
    '--',
  ];
}
