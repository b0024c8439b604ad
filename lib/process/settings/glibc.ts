import { nearest } from '../../support/nearest.js';
import { ConfError } from '../failure.js';
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
      throw new ConfError(
        `has "${invalid}"; glibc takes tunables joined by colons, such as ` +
          'glibc.malloc.arena_max=4:glibc.malloc.trim_threshold=131072.',
      );
    }
    text.split(':').forEach(checkTunable);
    return [{ ...variable, value: text }];
  },
};

/** Of `glibc.malloc`, in glibc 2.26 to 2.42 (elf/dl-tunables.list); all are numbers. */
const names =
  'arena_max arena_test check hugetlb mmap_max mmap_threshold mxfast perturb tcache_count tcache_max ' +
  'tcache_unsorted_limit top_pad trim_threshold';
/** What has nothing to do with malloc has its names by itself, and by the processor. */
const others = ['cpu', 'elision', 'gmon', 'mem', 'pthread', 'rtld', 'tune'];

/** glibc itself ignores in silence what it does not know. */
function checkTunable(pair: string): void {
  const [name = '', value = ''] = pair.split('=');
  const [, space = '', last = ''] = /^glibc\.([^.]*)\.?(.*)$/.exec(name) ?? [];
  if (others.includes(space)) return;
  const valid = names.split(' ');
  if (space !== 'malloc' || !valid.includes(last)) {
    const meant = nearest(last, valid);
    const hint = meant === undefined ? '' : ` Did you mean glibc.malloc.${meant}?`;
    throw new ConfError(
      `has "${pair}"; glibc has no tunable "${name}".${hint} Valid: glibc.malloc. with ${valid.join(', ')}. ` +
        'What a newer glibc has goes into GLIBC_TUNABLES.',
    );
  }
  const isNever = last === 'trim_threshold' && value === '-1'; // mallopt(3): trimming is off
  if (!isNever && !/^(?:\d+|0x[\da-f]+)$/i.test(value)) {
    throw new ConfError(`has "${pair}"; ${name} takes a number, such as ${name}=4.`);
  }
}
