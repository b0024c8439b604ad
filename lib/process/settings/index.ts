import { ConfError, LaunchError } from '../failure.js';
import { glibcDialect } from './glibc.js';
import { jemallocDialect } from './jemalloc.js';
import { presets, type Dialect, type Preset, type Setting } from './setting.js';
import { mimallocDialect, tcmallocDialect } from './variables.js';

export type { Preset, Setting } from './setting.js';

const dialects: Readonly<Record<string, Dialect>> = {
  jemalloc: jemallocDialect,
  mimalloc: mimallocDialect,
  tcmalloc: tcmallocDialect,
  glibc: glibcDialect,
};

/** @param source the flag or variable that the name comes from */
export function presetOf(name: string, source: string): Preset {
  const known = presets.find((preset) => preset === name);
  if (known !== undefined) return known;
  throw new LaunchError(`${source} is "${name}". Valid: ${presets.join(', ')}.`);
}

/**
 * The variables that configure an allocator, the user's `conf` after the preset so that it wins.
 * @param kind `'jemalloc'`, …, or anything else: an allocator that has no variables we know
 */
export function settingsFor(
  kind: string,
  preset: Preset | null,
  conf: string | undefined,
): readonly Setting[] {
  const dialect = dialects[kind];
  if (dialect !== undefined) {
    const ofPreset = preset === null ? [] : dialect.preset(preset);
    return merge([...ofPreset, ...(conf === undefined ? [] : dialect.conf(conf))]);
  }
  if ((preset !== null && preset !== 'balanced') || conf !== undefined) {
    const reason =
      `cannot be translated for ${kind}: it has no configuration variables that allomorph knows. ` +
      `They are known for: ${Object.keys(dialects).join(', ')}. `;
    if (conf !== undefined) {
      throw new ConfError(`${reason}Set what it reads itself in the environment.`);
    }
    throw new LaunchError(
      `the preset ${String(preset)} ${reason}Leave the preset out, and set what it reads itself in the environment.`,
    );
  }
  return [];
}

function merge(settings: readonly Setting[]): Setting[] {
  const merged = new Map<string, Setting>();
  for (const setting of settings) {
    const before = merged.get(setting.name);
    const joined =
      before === undefined || setting.separator === null
        ? setting.value
        : before.value + setting.separator + setting.value;
    merged.set(setting.name, { ...setting, value: joined });
  }
  return [...merged.values()];
}
