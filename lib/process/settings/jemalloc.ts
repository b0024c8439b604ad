import { readFileSync } from 'node:fs';
import { ConfError } from '../failure.js';
import type { Dialect, Preset } from './setting.js';

/**
 * background_thread: without it an idle process never gives memory back (jemalloc#1398), so it is
 * in all. dirty_decay_ms: how long freed pages are kept for reuse; finite, and never zero, which
 * costs throughput (cmssw#42387). muzzy_decay_ms 0: pages given back lazily would still count as
 * resident.
 */
const options: Record<Preset, string> = {
  balanced: 'background_thread:true,dirty_decay_ms:5000,muzzy_decay_ms:0',
  memory: 'background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0,narenas:2',
  throughput: 'background_thread:true,dirty_decay_ms:30000,muzzy_decay_ms:0',
};

export const jemallocDialect: Dialect = {
  preset: (preset) => [
    {
      name: 'MALLOC_CONF',
      value: options[preset] + (hugePagesAlways() ? ',thp:never' : ''),
      separator: ',',
    },
  ],
  conf(text) {
    // A value can be empty, and have blanks and colons: prof_prefix:/tmp/my run.
    const invalid = text.split(',').find((pair) => !/^[a-z_][a-z0-9_.]*:/i.test(pair));
    if (invalid !== undefined) {
      throw new ConfError(
        `has "${invalid}"; jemalloc takes key:value pairs joined by commas, such as ` +
          'dirty_decay_ms:1000,narenas:4 (jemalloc(3), "TUNING" and "opt.*").',
      );
    }
    return [{ name: 'MALLOC_CONF', value: text, separator: ',' }];
  },
};

/** With transparent huge pages always on, a dirty page costs 2 MiB (jemalloc#1674: 12 to 181 MB). */
function hugePagesAlways(): boolean {
  try {
    return readFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8').includes('[always]');
  } catch {
    return false; // a kernel without them
  }
}
