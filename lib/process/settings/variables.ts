import { ConfError } from '../failure.js';
import type { Dialect, Preset, Setting } from './setting.js';

/** Allocators whose options are one variable each: mimalloc, tcmalloc. */
export function variablesDialect(
  prefix: string,
  example: string,
  options: Record<Preset, Record<string, string>>,
): Dialect {
  const setting = ([key, value]: [string, string]): Setting => ({
    name: key.startsWith(prefix) ? key : prefix + key,
    value,
    separator: null,
  });
  return {
    preset: (preset) => Object.entries(options[preset]).map(setting),
    conf: (text) =>
      text.split(',').map((pair) => {
        const [, key, value] = /^([A-Z][A-Z0-9_]*)=([^,\s]+)$/.exec(pair) ?? [];
        if (key === undefined || value === undefined) {
          throw new ConfError(
            `has "${pair}"; this allocator takes ${prefix}… variables as NAME=VALUE pairs ` +
              `joined by commas, such as ${example}.`,
          );
        }
        return setting([key, value]);
      }),
  };
}

/** `DECOMMIT_DELAY` is what 2.0 calls `PURGE_DELAY` (milliseconds); unknown ones are not read. */
export const mimallocDialect = variablesDialect('MIMALLOC_', 'PURGE_DELAY=100', {
  balanced: {},
  memory: { PURGE_DELAY: '0', DECOMMIT_DELAY: '0', SEGMENT_DECOMMIT_DELAY: '0' },
  throughput: { PURGE_DELAY: '1000', DECOMMIT_DELAY: '1000', SEGMENT_DECOMMIT_DELAY: '2000' },
});

/** gperftools, "Modifying Runtime Behavior". Rates from 0 (never) to 10. */
export const tcmallocDialect = variablesDialect('TCMALLOC_', 'RELEASE_RATE=5', {
  balanced: {},
  memory: { RELEASE_RATE: '10', AGGRESSIVE_DECOMMIT: 'true' },
  throughput: { RELEASE_RATE: '0', MAX_TOTAL_THREAD_CACHE_BYTES: '134217728' },
});
