// Live blocks and bytes per backend, for the whole process.
//
// Each thread adds to a shard of its own, so that counting takes no locked
// instruction; a reader sums the shards. A block may be freed by another thread
// than the one that allocated it, so a single shard can be negative; the sum is
// exact once the threads are quiet.
#ifndef ALLOMORPH_CORE_COUNTERS_H
#define ALLOMORPH_CORE_COUNTERS_H

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "core/backend.h"

namespace allomorph {

struct LiveCounts {
  int64_t blocks;
  int64_t bytes;  // usable bytes: what the blocks really occupy
};

// Reads all shards. O(number of threads that ever allocated at the same time).
LiveCounts live_counts(BackendId id);

namespace detail {

struct alignas(64) CounterShard {
  struct Pair {
    std::atomic<int64_t> blocks;
    std::atomic<int64_t> bytes;
  };
  Pair live[max_backends];
  CounterShard* next_shard;
  CounterShard* next_free;
  // One thread writes: a plain add is enough. False for the one shard that
  // threads share after their own was taken back at thread exit.
  bool exclusive;
};

// constinit here too and not only at the definition: else every use would first
// call a wrapper that asks whether the variable needs initialising.
extern constinit thread_local CounterShard* counter_shard;
CounterShard* acquire_counter_shard();

}  // namespace detail

inline void count(BackendId id, int64_t blocks, int64_t bytes) {
  detail::CounterShard* shard = detail::counter_shard;
  if (shard == nullptr) [[unlikely]]
    shard = detail::acquire_counter_shard();
  auto& live = shard->live[static_cast<size_t>(id)];
  if (shard->exclusive) [[likely]] {
    constexpr auto relaxed = std::memory_order_relaxed;
    live.blocks.store(live.blocks.load(relaxed) + blocks, relaxed);
    live.bytes.store(live.bytes.load(relaxed) + bytes, relaxed);
  } else {
    live.blocks.fetch_add(blocks, std::memory_order_relaxed);
    live.bytes.fetch_add(bytes, std::memory_order_relaxed);
  }
}

}  // namespace allomorph

#endif
