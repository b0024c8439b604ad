import { places } from '../native/addon.js';
import { addon } from '../native/load.js';
import { checkLibrary, checkPageSize } from './check-library.js';
import { ConfError, LaunchError } from './failure.js';
import { nodeExecutable } from './find-executable.js';
import { anyLibrary, guardVariable, recordEnd, specVariable } from './names.js';
import { settingsFor, type Preset, type Setting } from './settings/index.js';
import { ownLibrary, type Wanted } from './wanted.js';

const inheritances = ['node', 'all', 'none'] as const;
/** Which children stay on the allocator. */
export type Inherit = (typeof inheritances)[number];

/** @throws LaunchError */
export function inheritOf(name: string): Inherit {
  const known = inheritances.find((candidate) => candidate === name);
  if (known !== undefined) return known;
  throw new LaunchError(`--inherit is "${name}". Valid: ${inheritances.join(', ')}.`);
}

export interface LaunchOptions {
  readonly wanted: Wanted;
  /** Null: the allocator's own defaults. */
  readonly preset: Preset | null;
  readonly conf: string | undefined;
  readonly inherit: Inherit;
  readonly verify: boolean;
  /** The process keeps the malloc it has; the guard only reports which. */
  readonly observe?: boolean;
}

/** Changes to the environment, in the order that native/preload/guard expects. */
export type Changes = [name: string, text: string, separator: string, place: number][];

/** `max_settings` in native/preload/guard/guard.h. */
const mostSettings = 32;

/**
 * What puts the next program on the allocator: the guard proves it and takes all of this out of
 * the environment again. Whatever the user preloads or configures stays, and wins.
 */
export function planChanges(options: LaunchOptions): Changes {
  const { wanted } = options;
  if (wanted.isOwn) checkPageSize(addon.pageSize);
  const settings = [
    ...specSetting(wanted),
    ...settingsFor(wanted.kind, options.preset, options.conf),
  ];
  if (options.conf !== undefined) confModule().checkConf(wanted, options.conf);
  if (settings.length > mostSettings) {
    throw new ConfError(
      `sets ${String(settings.length)} variables; at most ${String(mostSettings)} can be passed on to children. ` +
        'Set the others in the environment.',
    );
  }
  const guard = checkLibrary(ownLibrary('liballomorph-guard.so'));
  // The guard first: the dynamic linker initialises in reverse order, and the allocator must
  // have read its configuration before the guard takes it away.
  const preload = [guard, wanted.library, wanted.interposed?.behind]
    .filter((file) => file !== null && file !== undefined)
    .join(':');

  // What is new stands behind the guard's own variable; what the user has is lengthened where it
  // is. The guard undoes exactly this.
  return [
    [guardVariable, guardText(options, guard, preload, settings), '', places.last],
    ['LD_PRELOAD', preload, ':', places.behind],
    ...settings.map(({ name, value, separator }): Changes[number] =>
      separator === null
        ? [name, value, '', places.ifAbsent]
        : [name, value, separator, places.before],
    ),
  ];
}

/** Loaded when there is something to judge: a start without --conf shall not pay for the tables. */
export function confModule(): typeof import('./settings/conf.js') {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- late, see above
  return require('./settings/conf.js') as typeof import('./settings/conf.js');
}

function specSetting({ interposed }: Wanted): Setting[] {
  return interposed === undefined
    ? []
    : [{ name: specVariable, value: interposed.spec, separator: null }];
}

function guardText(
  { wanted, inherit, verify, observe = false }: LaunchOptions,
  guard: string,
  preload: string,
  settings: readonly Setting[],
): string {
  const records = [
    `library=${observe ? anyLibrary : (wanted.library ?? 'libc')}`,
    `preload=${preload}`,
    `guard=${guard}`,
    `node=${nodeExecutable()}`,
    `inherit=${inherit}`,
    ...settings.map(({ name, value, separator }) => `set=${separator ?? '='}${name}=${value}`),
  ];
  return (verify ? 'v' : 'a') + records.map((record) => record + recordEnd).join('');
}
