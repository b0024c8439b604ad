#include "core/spinlock.h"

#include <doctest/doctest.h>

#include <mutex>
#include <type_traits>

#include "support/threads.h"

using allomorph::Spinlock;
using allomorph::test::run_threads;

// Threads may take a lock while the process exits: there must be nothing to
// destroy.
static_assert(std::is_trivially_destructible_v<Spinlock>);

TEST_CASE("spinlock: one thread at a time") {
  constexpr size_t threads = 4;
  constexpr int rounds = 50000;
  Spinlock lock;
  // Deliberately not atomic: two threads inside at once lose an increment.
  int64_t count = 0;
  int inside = 0;
  int crowded = 0;
  run_threads(threads, [&](size_t) {
    for (int round = 0; round < rounds; round++) {
      const std::lock_guard guard(lock);
      if (++inside != 1) crowded++;
      count++;
      inside--;
    }
  });
  CHECK(count == static_cast<int64_t>(threads) * rounds);
  CHECK(crowded == 0);
}

TEST_CASE("spinlock: what the last holder wrote is seen by the next") {
  Spinlock lock;
  int64_t left = 0;
  int64_t right = 0;
  int torn = 0;
  run_threads(4, [&](size_t index) {
    for (int round = 0; round < 20000; round++) {
      const std::lock_guard guard(lock);
      if (left != -right) torn++;
      left += static_cast<int64_t>(index) + 1;
      right -= static_cast<int64_t>(index) + 1;
    }
  });
  CHECK(torn == 0);
}
