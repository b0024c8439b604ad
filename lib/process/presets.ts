import { readFileSync } from 'node:fs';

/**
 * MALLOC_CONF of the preset `balanced`. background_thread: without it an idle process never
 * gives memory back (jemalloc#1398). dirty_decay_ms: how long freed pages are kept for reuse;
 * finite, and not zero, which costs throughput (cmssw#42387). muzzy_decay_ms 0: pages given
 * back lazily would still count as resident.
 */
const balanced = ['background_thread:true', 'dirty_decay_ms:5000', 'muzzy_decay_ms:0'];

/** @param present the user's own MALLOC_CONF: it comes last, where jemalloc lets it win */
export function jemallocConf(present: string | undefined): string {
  const own = [...balanced, ...(hugePagesAlways() ? ['thp:never'] : [])];
  return [...own, ...(present === undefined || present === '' ? [] : [present])].join(',');
}

/** With transparent huge pages always on, a dirty page costs 2 MiB (jemalloc#1674). */
function hugePagesAlways(): boolean {
  try {
    return readFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8').includes('[always]');
  } catch {
    return false; // a kernel without them
  }
}
