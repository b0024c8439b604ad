#include "core/counters.h"

#include <mutex>
#include <new>

#include "core/spinlock.h"

namespace allomorph {
namespace detail {

constinit thread_local CounterShard* counter_shard = nullptr;

namespace {

// Not a std::mutex: some C++ libraries destroy one at process exit, when threads
// still end and give their shards back.
constinit Spinlock shards_lock;
constinit CounterShard* all_shards = nullptr;
constinit CounterShard* free_shards = nullptr;
// Serves threads that allocate after their shard was taken back, and threads
// for which no shard could be had.
constinit CounterShard shared_shard = {};

CounterShard* reuse_shard() {
  const std::lock_guard lock(shards_lock);
  CounterShard* shard = free_shards;
  if (shard != nullptr) free_shards = shard->next_free;
  return shard;
}

CounterShard* take_shard() {
  if (CounterShard* shard = reuse_shard()) return shard;
  auto* shard = new (std::nothrow) CounterShard{};
  if (shard == nullptr) return nullptr;
  shard->exclusive = true;
  const std::lock_guard lock(shards_lock);
  shard->next_shard = all_shards;
  all_shards = shard;
  return shard;
}

// Gives the shard back when the thread ends. It keeps its figures: only the sum
// over all shards means anything.
struct ShardOwner {
  CounterShard* owned = nullptr;
  ~ShardOwner() {
    counter_shard = &shared_shard;
    const std::lock_guard lock(shards_lock);
    owned->next_free = free_shards;
    free_shards = owned;
  }
};

}  // namespace

CounterShard* acquire_counter_shard() {
  CounterShard* shard = take_shard();
  if (shard == nullptr) return &shared_shard;
  // A thread that comes here for the first time from the destructor of a
  // pthread key keeps its shard for ever: the destructors of thread_locals have
  // run by then.
  thread_local ShardOwner owner;
  owner.owned = shard;
  counter_shard = shard;
  return shard;
}

}  // namespace detail

LiveCounts live_counts(BackendId id) {
  const auto index = static_cast<size_t>(id);
  const auto relaxed = std::memory_order_relaxed;
  const auto& shared = detail::shared_shard.live[index];
  LiveCounts sum{shared.blocks.load(relaxed), shared.bytes.load(relaxed)};
  const std::lock_guard lock(detail::shards_lock);
  for (const auto* shard = detail::all_shards; shard != nullptr; shard = shard->next_shard) {
    sum.blocks += shard->live[index].blocks.load(relaxed);
    sum.bytes += shard->live[index].bytes.load(relaxed);
  }
  return sum;
}

}  // namespace allomorph
