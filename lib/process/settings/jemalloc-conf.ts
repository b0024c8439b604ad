import { jemallocOptions } from './jemalloc-options.js';

/** One entry of a jemalloc configuration string: `dirty_decay_ms:5000`. */
export interface ConfPair {
  readonly text: string;
  /** Null: it has no colon. */
  readonly key: string | null;
  readonly value: string;
}

export function confPairs(conf: string): ConfPair[] {
  return conf
    .split(',')
    .filter((text) => text !== '')
    .map((text) => {
      const colon = text.indexOf(':');
      return colon < 0
        ? { text, key: null, value: '' }
        : { text, key: text.slice(0, colon), value: text.slice(colon + 1) };
    });
}

/** What jemalloc makes of it: the last of several entries with one key wins. */
export function confOptions(conf: string): Record<string, string | number | boolean> {
  const options: Record<string, string | number | boolean> = {};
  for (const { key, value } of confPairs(conf)) {
    if (key !== null) options[key] = typed(value);
  }
  return options;
}

function typed(value: string): string | number | boolean {
  if (value === 'true' || value === 'false') return value === 'true';
  return /^-?\d+$/.test(value) ? Number(value) : value;
}

/** Entries that jemalloc refuses with "Invalid conf pair" or "Malformed conf string", and why. */
export function invalidPairs(conf: string): { text: string; reason: string }[] {
  return confPairs(conf).flatMap(({ text, key }) => {
    if (key === null) return [{ text, reason: `"${text}" has no value: entries are key:value` }];
    if (key !== 'prof_prefix' && /[\s=]/.test(text)) {
      return [{ text, reason: `"${text}": entries are key:value, with commas and without spaces` }];
    }
    return jemallocOptions().has(key) ? [] : [{ text, reason: `jemalloc has no option "${key}"` }];
  });
}
