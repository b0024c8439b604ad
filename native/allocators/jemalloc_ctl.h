// What the backend's jemalloc can be asked and told: the mallctl namespace,
// each key named once.
#ifndef ALLOMORPH_ALLOCATORS_JEMALLOC_CTL_H
#define ALLOMORPH_ALLOCATORS_JEMALLOC_CTL_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "allocators/jemalloc_api.h"

namespace allomorph {

// Bytes, for the whole of this jemalloc; jemalloc(3), "stats.*".
struct JemallocStats {
  size_t allocated;  // in blocks handed out
  size_t active;     // in pages that hold at least one block
  size_t metadata;   // jemalloc's own bookkeeping
  size_t resident;   // physically resident, at most
  size_t mapped;     // in active extents, address space
  size_t retained;   // address space kept, not backed by memory
};

// "5.3.0-0-g54eaed1d..." -> "5.3.0".
std::string jemalloc_version(const JemallocApi& api);

// Statistics are cached inside jemalloc: the epoch is advanced first. nullopt:
// this jemalloc was built without them (--disable-stats).
std::optional<JemallocStats> jemalloc_stats(const JemallocApi& api);

// Gives every unused dirty page of every arena back now, after flushing the
// calling thread's cache. Returns errno of the first mallctl that failed, or 0.
int jemalloc_purge(const JemallocApi& api);

// Without a background thread an idle process never gives anything back: purging
// happens on allocator calls only (jemalloc#1398). Called at the first
// allocation and not while the addon loads, so that a mere import starts no
// thread. Does nothing to the process's own jemalloc, whose configuration is the
// operator's, nor when ALLOMORPH_JE_MALLOC_CONF speaks of background threads.
void jemalloc_start_background_thread(const JemallocApi& api);

// Reads an option of that type ("opt.background_thread"); nullopt: unknown.
std::optional<bool> jemalloc_bool(const JemallocApi& api, const char* key);
std::optional<std::string> jemalloc_string(const JemallocApi& api, const char* key);
std::optional<unsigned> jemalloc_unsigned(const JemallocApi& api, const char* key);
std::optional<int64_t> jemalloc_ssize(const JemallocApi& api, const char* key);

}  // namespace allomorph

#endif
