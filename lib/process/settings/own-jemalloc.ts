import { nearest } from '../../support/nearest.js';
import { confPairs } from './jemalloc-conf.js';

/** What an option can be, as src/jemalloc.c of 5.3.0 reads it. */
interface Kind {
  readonly form: string;
  readonly reads: (value: string) => boolean;
}

const words = (text: string): Kind => {
  const list = text.split(' ');
  return { form: list.join(', '), reads: (value) => list.includes(value) };
};
/** As strtoumax(3) with base 0 reads it; undefined: it does not. */
function integerOf(text: string): bigint | undefined {
  const [, sign, digits = ''] = /^(-?)(0x[\da-f]+|0[0-7]*|[1-9]\d*)$/i.exec(text) ?? [];
  if (sign === undefined) return undefined;
  const size = BigInt(digits.replace(/^0(?=[0-7])/, '0o'));
  return sign === '-' ? -size : size;
}
const most64 = 2n ** 64n - 1n;
/** What jemalloc would wrap, -1 for "unsigned", is nobody's intention. */
const integer = (least: number, most: number | bigint = most64): Kind => ({
  form:
    most === most64
      ? `an integer of at least ${String(least)} within 64 bits`
      : `an integer from ${String(least)} to ${String(most)}`,
  reads: (value) => {
    const number = integerOf(value);
    return number !== undefined && number >= least && number <= most;
  },
});
/** A fixed-point number with 16 bits before the point. */
const fraction = (most: number): Kind => ({
  form: most === 1 ? 'a number from 0 to 1' : 'a number such as 0.5',
  reads: (value) => /^(?:\d+(?:\.\d+)?|\.\d+)$/.test(value) && Number(value) <= most,
});
const anyFraction = fraction(65535.99999);
/** A list `1-4096:2|…`: ranges of sizes, each with a number. */
const ranges = (form: string, numbers: Kind): Kind => ({
  form,
  reads: (value) =>
    value
      .replace(/\|$/, '')
      .split('|')
      .every((range) => {
        const [, first = '', last = '', number = ''] = /^([^-:]+)-([^-:]+):(.+)$/.exec(range) ?? [];
        return integer(0).reads(first) && integer(0).reads(last) && numbers.reads(number);
      }),
});
/** What jemalloc takes as it comes. */
const text: Kind = { form: 'a text', reads: () => true };

/** Those of the jemalloc that comes with this package: release and configure flags in scripts/jemalloc/. */
const optionsByKind: readonly (readonly [Kind, names: string])[] = [
  [
    words('true false'),
    `abort abort_conf background_thread confirm_conf hpa prof prof_accum prof_active prof_final prof_gdump prof_leak
    prof_leak_error prof_log prof_stats prof_sys_thread_name prof_thread_active_init prof_unbias retain stats_print
    tcache trust_madvise zero`,
  ],
  [words('true false alloc free'), 'junk'],
  [words('alloc free abort'), 'zero_realloc'],
  [words('default always never'), 'thp'],
  [words('disabled auto always'), 'metadata_thp'],
  [words('disabled percpu phycpu'), 'percpu_arena'],
  [words('disabled primary secondary'), 'dss'],
  [words('default high'), 'prof_time_resolution'],
  // As many seconds as its clock has nanoseconds for.
  [integer(-1, 18446744072000n), 'dirty_decay_ms muzzy_decay_ms'],
  [integer(-1, 2n ** 63n - 1n), 'mutex_max_spin prof_recent_alloc_max stats_interval'],
  // Its largest size class.
  [integer(0, 7n << 60n), 'oversize_threshold'],
  [
    integer(0),
    `hpa_hugification_threshold hpa_hugify_delay_ms hpa_min_purge_interval_ms hpa_sec_batch_fill_extra
    hpa_sec_bytes_after_flush hpa_sec_max_alloc hpa_sec_max_bytes hpa_sec_nshards hpa_slab_max_alloc
    lg_tcache_flush_large_div lg_tcache_flush_small_div lg_tcache_max max_background_threads
    san_guard_large san_guard_small tcache_gc_delay_bytes tcache_gc_incr_bytes tcache_max tcache_nslots_large
    tcache_nslots_small_max tcache_nslots_small_min`,
  ],
  [integer(-1, 63), 'lg_prof_interval'],
  [integer(0, 63), 'lg_prof_sample'],
  [integer(0, 64), 'lg_extent_max_active_fit'],
  [integer(-16, 16), 'lg_tcache_nslots_mul'],
  [{ ...integer(1), form: 'default, or an integer of at least 1' }, 'narenas'],
  [fraction(1), 'hpa_hugification_threshold_ratio'],
  [anyFraction, 'narenas_ratio'],
  [{ ...anyFraction, form: '-1, or a number such as 0.5' }, 'hpa_dirty_mult'],
  [ranges('FIRST-LAST:SHARDS, such as 1-160:16, joined by |', integer(1, 64)), 'bin_shards'],
  [ranges('default, or FIRST-LAST:PAGES, such as 1-4096:2, joined by |', integer(0)), 'slab_sizes'],
  [text, 'prof_prefix stats_interval_opts stats_print_opts'],
];

let kinds: ReadonlyMap<string, Kind> | undefined;

/** Made when somebody asks: a start without options does not pay for them. */
function kindsByName(): ReadonlyMap<string, Kind> {
  kinds ??= new Map(
    optionsByKind.flatMap(([kind, names]) =>
      names.split(/\s+/).map((name): [string, Kind] => [name, kind]),
    ),
  );
  return kinds;
}

/** For tests. */
export function ownJemallocOptions(): string[] {
  return [...kindsByName().keys()].sort();
}

/** The first entry that our jemalloc would complain of and ignore, as a {@link ConfError} says it; undefined: there is none. */
export function wrongForOwnJemalloc(conf: string): string | undefined {
  for (const { text: pair, key, value } of confPairs(conf)) {
    if (key === null) continue; // the form is judged before
    const kind = kindsByName().get(key);
    if (kind === undefined) return unknownOption(pair, key);
    if (!kind.reads(value) && !isWord(key, value)) {
      return `has "${pair}"; ${key} takes ${kind.form}.`;
    }
  }
  return undefined;
}

function unknownOption(pair: string, key: string): string {
  const names = ownJemallocOptions();
  const meant = nearest(key, names);
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  return `has "${pair}"; this jemalloc has no option "${key}".${hint} Valid: ${names.join(', ')}.`;
}

/** Beside numbers. */
function isWord(key: string, value: string): boolean {
  return (
    (['narenas', 'slab_sizes'].includes(key) && value === 'default') ||
    (key === 'hpa_dirty_mult' && value === '-1')
  );
}
