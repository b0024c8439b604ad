#include "core/counters.h"

#include <doctest/doctest.h>
#include <pthread.h>

#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "support/class_allocator.h"
#include "support/nothing_left.h"
#include "support/threads.h"

namespace {

using namespace allomorph;
using namespace allomorph::test;

constexpr auto id = BackendId::system;
const allomorph_abi& abi = system_like.abi;

}  // namespace

TEST_CASE("counters: blocks and usable bytes, not requested ones") {
  const NothingLeft nothing_left;
  const LiveCounts before = live_counts(id);
  uint8_t* block = abi.allocate(100, 8);
  CHECK(live_counts(id).blocks - before.blocks == 1);
  CHECK(live_counts(id).bytes - before.bytes == 128);
  block = abi.reallocate(block, 100, 300, 8);
  CHECK(live_counts(id).blocks - before.blocks == 1);
  CHECK(live_counts(id).bytes - before.bytes == 512);
  abi.deallocate(block, 300, 8);
}

TEST_CASE("counters: any old_size between requested and usable takes away what was added") {
  const NothingLeft nothing_left;
  for (size_t old_size = 65; old_size <= 128; old_size++) {
    uint8_t* block = abi.allocate(65, 8);
    block = abi.reallocate(block, old_size, 65, 8);
    abi.deallocate(block, old_size, 8);
  }
}

TEST_CASE("counters: a shrink in place counts what the block still has") {
  const NothingLeft nothing_left;
  const LiveCounts before = live_counts(id);
  uint8_t* small = abi.allocate(1000, 8);
  CHECK(abi.reallocate_inplace(small, 1000, 10, 8) == 1024);
  CHECK(live_counts(id).bytes - before.bytes == 1024);
  abi.deallocate(small, 1024, 8);
  uint8_t* large = abi.allocate(64 * 1024, 8);
  CHECK(abi.reallocate_inplace(large, 64 * 1024, 20000, 8) == 32768);
  CHECK(live_counts(id).bytes - before.bytes == 32768);
  abi.deallocate(large, 32768, 8);
}

TEST_CASE("counters: nothing is counted when nothing was allocated") {
  const NothingLeft nothing_left;
  uint8_t* block = abi.allocate(100, 8);
  const LiveCounts before = live_counts(id);
  SystemLike::exhausted = true;
  CHECK(abi.allocate(100, 8) == nullptr);
  CHECK(abi.reallocate(block, 100, 200, 8) == nullptr);
  SystemLike::exhausted = false;
  CHECK(live_counts(id).blocks == before.blocks);
  CHECK(live_counts(id).bytes == before.bytes);
  abi.deallocate(block, 100, 8);
}

TEST_CASE("counters: the uncounted table counts nothing") {
  const LiveCounts before = live_counts(id);
  uint8_t* block = system_like.uncounted.allocate(100, 8);
  CHECK(live_counts(id).blocks == before.blocks);
  system_like.uncounted.deallocate(block, 100, 8);
  CHECK(live_counts(id).blocks == before.blocks);
}

TEST_CASE("counters: each backend by itself") {
  const NothingLeft nothing_left;
  const LiveCounts before = live_counts(BackendId::system);
  uint8_t* block = jemalloc_like.abi.allocate(100, 8);
  CHECK(live_counts(BackendId::system).blocks == before.blocks);
  jemalloc_like.abi.deallocate(block, 100, 8);
}

TEST_CASE("counters: blocks that other threads free add up to zero") {
  const NothingLeft nothing_left;
  constexpr size_t rounds = 2000;
  std::mutex mutex;
  std::vector<uint8_t*> handed_over;
  run_threads(6, [&](size_t index) {
    for (size_t round = 0; round < rounds; round++) {
      uint8_t* block = abi.allocate(1 + index * 40, 8);
      block = abi.reallocate(block, 1 + index * 40, 200, 8);
      const std::lock_guard guard(mutex);
      handed_over.push_back(block);
      if (handed_over.size() < 100) continue;
      abi.deallocate(handed_over[(round * 31) % handed_over.size()], 200, 8);
      handed_over[(round * 31) % handed_over.size()] = handed_over.back();
      handed_over.pop_back();
    }
  });
  for (uint8_t* block : handed_over) abi.deallocate(block, 200, 8);
}

TEST_CASE("counters: figures outlive the threads that made them") {
  const NothingLeft nothing_left;
  const LiveCounts before = live_counts(id);
  std::vector<uint8_t*> blocks(200);
  for (uint8_t*& block : blocks) {
    std::thread([&block] { block = abi.allocate(16, 8); }).join();
  }
  CHECK(live_counts(id).blocks - before.blocks == 200);
  for (uint8_t* block : blocks) {
    std::thread([block] { abi.deallocate(block, 16, 8); }).join();
  }
}

TEST_CASE("counters: a shard serves the next thread when its own has ended") {
  std::set<const void*> shards;
  for (int thread = 0; thread < 100; thread++) {
    std::thread([&shards] {
      count(id, 1, 16);
      count(id, -1, -16);
      shards.insert(detail::counter_shard);
    }).join();
  }
  CHECK(shards.size() == 1);
}

TEST_CASE("counters: threads that live together have different shards") {
  std::mutex mutex;
  std::set<const void*> shards;
  std::latch all_have_one(8);
  run_threads(8, [&](size_t) {
    count(id, 0, 0);
    // One that ended early would give its shard to another.
    all_have_one.arrive_and_wait();
    const std::lock_guard guard(mutex);
    shards.insert(detail::counter_shard);
  });
  CHECK(shards.size() == 8);
}

TEST_CASE("counters: a block freed while its thread ends, after the shard was given back") {
  const NothingLeft nothing_left;
  struct Late {
    uint8_t* block = nullptr;
    bool* shard_was_returned = nullptr;
    ~Late() {
      // In all threads at once on the one shard that is left to them.
      for (int round = 0; round < 50000; round++) count(id, 1, 16);
      for (int round = 0; round < 50000; round++) count(id, -1, -16);
      abi.deallocate(block, 100, 8);
      *shard_was_returned = !detail::counter_shard->exclusive;
    }
  };
  bool returned[8] = {};
  run_threads(8, [&](size_t index) {
    // Made before the thread's first count, and so destroyed after its shard.
    static thread_local Late late;
    late.shard_was_returned = &returned[index];
    late.block = abi.allocate(100, 8);
  });
  for (const bool each : returned) CHECK(each);
}

TEST_CASE("counters: blocks of a thread whose thread_locals are all gone") {
  const NothingLeft nothing_left;
  // Destructors of pthread keys run after those of thread_locals.
  pthread_key_t key;
  REQUIRE(pthread_key_create(&key, [](void* block) {
            abi.deallocate(static_cast<uint8_t*>(block), 100, 8);
            abi.deallocate(abi.allocate(100, 8), 100, 8);
          }) == 0);
  for (int thread = 0; thread < 50; thread++) {
    std::thread([key] { pthread_setspecific(key, abi.allocate(100, 8)); }).join();
  }
  pthread_key_delete(key);
}
