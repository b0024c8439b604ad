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
/** strtoumax(3) with base 0. What it would wrap, -1 for "unsigned", is nobody's intention. */
const integer = (least: number, most = Infinity): Kind => ({
  form:
    most === Infinity
      ? `an integer of at least ${String(least)}`
      : `an integer from ${String(least)} to ${String(most)}`,
  reads: (value) =>
    /^-?(?:\d+|0x[\da-f]+)$/i.test(value) && Number(value) >= least && Number(value) <= most,
});
const fraction: Kind = {
  form: 'a number such as 0.5',
  reads: (value) => /^(?:\d+\.?\d*|\.\d+)$/.test(value),
};
/** Ranges of sizes, `1-4096:2|…`, and what jemalloc takes as it comes. */
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
  [
    integer(-1),
    'dirty_decay_ms mutex_max_spin muzzy_decay_ms prof_recent_alloc_max stats_interval',
  ],
  [
    integer(0),
    `hpa_hugification_threshold hpa_hugify_delay_ms hpa_min_purge_interval_ms hpa_sec_batch_fill_extra
    hpa_sec_bytes_after_flush hpa_sec_max_alloc hpa_sec_max_bytes hpa_sec_nshards hpa_slab_max_alloc
    lg_tcache_flush_large_div lg_tcache_flush_small_div lg_tcache_max max_background_threads oversize_threshold
    san_guard_large san_guard_small tcache_gc_delay_bytes tcache_gc_incr_bytes tcache_max tcache_nslots_large
    tcache_nslots_small_max tcache_nslots_small_min`,
  ],
  [integer(-1, 63), 'lg_prof_interval'],
  [integer(0, 63), 'lg_prof_sample'],
  [integer(0, 64), 'lg_extent_max_active_fit'],
  [integer(-16, 16), 'lg_tcache_nslots_mul'],
  [{ ...integer(1), form: 'default, or an integer of at least 1' }, 'narenas'],
  [fraction, 'hpa_hugification_threshold_ratio narenas_ratio'],
  [{ ...fraction, form: '-1, or a number such as 0.5' }, 'hpa_dirty_mult'],
  [text, 'bin_shards prof_prefix slab_sizes stats_interval_opts stats_print_opts'],
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

/** The first entry that our jemalloc would complain of and ignore, as a sentence; undefined: there is none. */
export function wrongForOwnJemalloc(conf: string): string | undefined {
  for (const { text: pair, key, value } of confPairs(conf)) {
    if (key === null) continue; // the form is judged before
    const kind = kindsByName().get(key);
    if (kind === undefined) return unknownOption(pair, key);
    if (!kind.reads(value) && !isWord(key, value)) {
      return `--conf has "${pair}"; ${key} takes ${kind.form}.`;
    }
  }
  return undefined;
}

function unknownOption(pair: string, key: string): string {
  const names = ownJemallocOptions();
  const meant = nearest(key, names);
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  return `--conf has "${pair}"; this jemalloc has no option "${key}".${hint} Valid: ${names.join(', ')}.`;
}

/** Beside numbers. */
function isWord(key: string, value: string): boolean {
  return (key === 'narenas' && value === 'default') || (key === 'hpa_dirty_mult' && value === '-1');
}
