import { LaunchError } from '../failure.js';
import type { Dialect, Preset } from './setting.js';

/**
 * Bytes. Setting a threshold also stops glibc from raising it by itself (mallopt(3)). No preset
 * touches arena_max: on a burst of zlib work, 2 arenas left 17 times the memory behind. There is
 * nothing for throughput: higher thresholds kept more memory and saved no time.
 */
const tunables: Record<Preset, string> = {
  balanced: '',
  memory: 'glibc.malloc.trim_threshold=131072:glibc.malloc.mmap_threshold=131072',
  throughput: '',
};

const variable = { name: 'GLIBC_TUNABLES', separator: ':' } as const;

export const glibcDialect: Dialect = {
  preset: (preset) => (tunables[preset] === '' ? [] : [{ ...variable, value: tunables[preset] }]),
  conf(text) {
    const invalid = text.split(':').find((pair) => !/^glibc\.[a-z_.0-9]+=[^:=\s]+$/.test(pair));
    if (invalid !== undefined) {
      throw new LaunchError(
        `--conf has "${invalid}"; glibc takes tunables joined by colons, such as ` +
          'glibc.malloc.arena_max=4:glibc.malloc.trim_threshold=131072.',
      );
    }
    return [{ ...variable, value: text }];
  },
};
