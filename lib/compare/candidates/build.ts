import path from 'node:path';
import type { Command } from '../command.js';
import { ConfError, LaunchError } from '../../process/failure.js';
import { isComposition } from '../../process/composition.js';
import { planChanges, type Inherit, type LaunchOptions } from '../../process/plan.js';
import { settingsFor } from '../../process/settings/index.js';
import { findWanted, type Wanted } from '../../process/wanted.js';
import type { Candidate } from './candidate.js';
import { resolveChanges } from './environment-changes.js';
import { lineFor } from './line.js';
import { checkNames } from './names.js';
import { changed, withoutPresentChoice } from './present-state.js';
import { defaultSpecs } from './defaults.js';
import { now, parseSpecs, presentSpec, type Spec } from './spec.js';

/** What `--with` named, or the default ones, the present state first. Nothing is started. */
export function candidatesFor(
  withs: readonly string[] | undefined,
  command: Command,
  inherit: Inherit,
  environment: Readonly<NodeJS.ProcessEnv>,
): { candidates: Candidate[]; notes: string[] } {
  const build = (spec: Spec) =>
    withItsConf(spec, () => buildCandidate(spec, command, inherit, environment));
  if (withs === undefined) return buildDefaults(build);
  const specs = withs.flatMap(parseSpecs);
  // What everything is compared with, named or not. With a label of its own it is one candidate more.
  const present =
    specs.find(({ allocator, label }) => allocator === now && label === undefined) ?? presentSpec;
  const candidates = [present, ...specs.filter((spec) => spec !== present)].map(build);
  checkNames(candidates);
  if (candidates.length < 2) {
    throw new LaunchError(
      '--with names the present state alone, and nothing to compare it with. Example: --with now,jemalloc.',
    );
  }
  return { candidates, notes: [] };
}

/** The options stand behind a plus sign here, and not behind --conf. */
function withItsConf({ allocator, conf }: Spec, build: () => Candidate): Candidate {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof ConfError)) throw error;
    throw new LaunchError(`--with ${allocator}+${conf ?? ''} ${error.reason}`);
  }
}

/** What is installed here and cannot be used is said, and left out. */
function buildDefaults(build: (spec: Spec) => Candidate) {
  const candidates: Candidate[] = [];
  const notes: string[] = [];
  for (const spec of defaultSpecs()) {
    try {
      candidates.push(build(spec));
    } catch (error) {
      if (!(error instanceof LaunchError)) throw error;
      if (spec.allocator === now) throw error;
      notes.push(`compared without ${spec.allocator}: ${error.message}`);
    }
  }
  return { candidates, notes };
}

function buildCandidate(
  spec: Spec,
  command: Command,
  inherit: Inherit,
  environment: Readonly<NodeJS.ProcessEnv>,
): Candidate {
  if (spec.allocator === now) return presentState(spec.label ?? now, inherit, environment);
  const wanted = findWanted(spec.allocator, '--with');
  const isComposed = isComposition(spec.allocator);
  if (
    isComposed &&
    spec.preset === null &&
    settingsFor(wanted.kind, 'balanced', undefined).length > 0
  ) {
    throw new LaunchError(
      `--with has "${spec.allocator}:stock"; behind blocks, ${wanted.kind} has a preset always, as allomorph run sets one. ` +
        'Valid: balanced, memory, throughput.',
    );
  }
  const options = {
    wanted,
    preset: spec.preset,
    conf: spec.conf,
    // As it comes is as LD_PRELOAD by hand has it, and that reaches every child.
    inherit: spec.preset === null && wanted.library !== null && !isComposed ? 'all' : inherit,
    verify: true,
  } satisfies LaunchOptions;
  const cleared = withoutPresentChoice(environment);
  const ground = changed(environment, cleared);
  return {
    name: spec.label ?? nameOf(spec, wanted),
    baseline: false,
    expected: wanted.library ?? 'libc',
    changes: [...cleared, ...resolveChanges(planChanges(options), ground)],
    settings: settingsOf(options),
    line: lineFor(spec, wanted, inherit, cleared, command),
  };
}

/** The guard is there too, to report which malloc it is; it changes nothing. */
function presentState(
  name: string,
  inherit: Inherit,
  environment: Readonly<NodeJS.ProcessEnv>,
): Candidate {
  const wanted = { ...findWanted('system', '--with'), kind: now };
  const plan = { wanted, preset: null, conf: undefined, inherit, verify: false, observe: true };
  return {
    name,
    baseline: false,
    expected: 'any',
    changes: resolveChanges(planChanges(plan), environment),
    settings: presentSettings(environment),
    line: null,
  };
}

function settingsOf({ wanted, preset, conf }: LaunchOptions): Record<string, string> {
  const settings = settingsFor(wanted.kind, preset, conf);
  return Object.fromEntries(settings.map(({ name, value }) => [name, value]));
}

function presentSettings(environment: Readonly<NodeJS.ProcessEnv>): Record<string, string> {
  const names = withoutPresentChoice(environment).map(([name]) => name);
  return Object.fromEntries(names.map((name) => [name, environment[name] ?? '']));
}

function nameOf({ allocator, preset, conf }: Spec, { kind }: Wanted): string {
  const name = isComposition(allocator)
    ? allocator
    : allocator.includes('/')
      ? path.basename(allocator)
      : kind;
  const presetName = kind === 'jemalloc' && preset === null ? 'stock' : presetWord(kind, preset);
  return [name, presetName, conf].filter((part) => part !== undefined && part !== '').join(' ');
}

/** Left out where it changes nothing: mimalloc balanced is mimalloc. */
function presetWord(kind: string, preset: Spec['preset']): string | undefined {
  return preset === null || settingsFor(kind, preset, undefined).length === 0 ? undefined : preset;
}
