/**
 * The keys that a jemalloc configuration string may have: those that the parser of release 5.3.0
 * compares with (src/jemalloc.c), those that releases 4.0 to 5.2 had, and those that came later.
 * A key outside of this list is a typing error or belongs to a release we do not know.
 */
const names = `
  abort abort_conf background_thread bin_shards cache_oblivious confirm_conf dirty_decay_ms dss
  experimental_infallible_new hpa hpa_dirty_mult hpa_hugification_threshold
  hpa_hugification_threshold_ratio hpa_hugify_delay_ms hpa_min_purge_interval_ms
  hpa_sec_batch_fill_extra hpa_sec_bytes_after_flush hpa_sec_max_alloc hpa_sec_max_bytes
  hpa_sec_nshards hpa_slab_max_alloc junk lg_extent_max_active_fit lg_prof_interval
  lg_prof_sample lg_san_uaf_align lg_tcache_flush_large_div lg_tcache_flush_small_div
  lg_tcache_max lg_tcache_nslots_mul log max_background_threads metadata_thp mutex_max_spin
  muzzy_decay_ms narenas narenas_ratio oversize_threshold percpu_arena prof prof_accum
  prof_active prof_final prof_gdump prof_leak prof_leak_error prof_log prof_prefix
  prof_recent_alloc_max prof_stats prof_sys_thread_name prof_thread_active_init
  prof_time_resolution prof_unbias retain san_guard_large san_guard_small slab_sizes
  stats_interval stats_interval_opts stats_print stats_print_opts tcache tcache_gc_delay_bytes
  tcache_gc_incr_bytes tcache_max tcache_nslots_large tcache_nslots_small_max
  tcache_nslots_small_min thp trust_madvise utrace xmalloc zero zero_realloc
  decay_time lg_chunk lg_dirty_mult purge quarantine redzone valgrind
  debug_double_free_max_scan disable_large_size_classes process_madvise_max_batch prof_bt_max
  prof_pid_namespace huge_arena_pac_thp calloc_madvise_threshold experimental_hpa_max_purge_nhp
  experimental_hpa_strict_min_purge_interval experimental_tcache_gc hpa_hugify_sync
`;

let options: ReadonlySet<string> | undefined;

/** Made when somebody asks: a start without options does not pay for them. */
export function jemallocOptions(): ReadonlySet<string> {
  options ??= new Set(names.split(/\s+/).filter((name) => name !== ''));
  return options;
}
