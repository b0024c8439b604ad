// What each building block does beside the contract.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "support/composed.h"
#include "support/nothing_left.h"
#include "support/pattern.h"
#include "support/random.h"

namespace {

using namespace allomorph;
using namespace allomorph::test;

constexpr size_t align = 16;

allomorph_counts read(const allomorph_allocator* counted) {
  allomorph_counts counts;
  allomorph_counted_read(counted, &counts);
  return counts;
}

class Exhausted {
 public:
  Exhausted() {
    SystemLike::exhausted = true;
  }
  ~Exhausted() {
    SystemLike::exhausted = false;
  }
};

}  // namespace

TEST_CASE("limited: usable bytes are what counts") {
  Composition composition;
  allomorph_allocator* a = composition.add(allomorph_limited(composition.leaf(system_like), 128));
  uint8_t* first = allomorph_allocate(a, 33, align);  // 64 usable
  CHECK(allomorph_limited_used(a) == 64);
  CHECK(allomorph_allocate(a, 65, align) == nullptr);
  uint8_t* second = allomorph_allocate(a, 64, align);
  CHECK(allomorph_limited_used(a) == 128);
  CHECK(allomorph_reallocate(a, first, 33, 65, align) == nullptr);
  CHECK(allomorph_limited_used(a) == 128);
  allomorph_deallocate(a, second, 64, align);
  first = allomorph_reallocate(a, first, 33, 128, align);
  REQUIRE(first != nullptr);
  CHECK(allomorph_limited_used(a) == 128);
  {
    const Exhausted exhausted;
    CHECK(allomorph_reallocate(a, first, 128, 16, align) == nullptr);
  }
  CHECK(allomorph_limited_used(a) == 128);
  allomorph_deallocate(a, first, 128, align);
  CHECK(allomorph_limited_used(a) == 0);
}

TEST_CASE("counted: figures") {
  Composition composition;
  allomorph_allocator* a = composition.add(allomorph_counted(composition.leaf(system_like)));
  uint8_t* block = allomorph_allocate(a, 20, align);      // 32
  uint8_t* other = allomorph_allocate(a, 100, align);     // 128
  block = allomorph_reallocate(a, block, 32, 50, align);  // 64
  CHECK(allomorph_reallocate_inplace(a, block, 50, 500, align) == 64);
  {
    const Exhausted exhausted;
    CHECK(allomorph_allocate(a, 1, align) == nullptr);
    CHECK(allomorph_reallocate(a, block, 50, 1000, align) == nullptr);
  }
  allomorph_deallocate(a, other, 128, align);
  CHECK(allomorph_usable_size(a, 17, align) == 32);
  const allomorph_counts counts = read(a);
  CHECK(counts.allocate == 3);
  CHECK(counts.deallocate == 1);
  CHECK(counts.reallocate == 2);
  CHECK(counts.reallocate_inplace == 1);
  CHECK(counts.usable_size == 1);
  CHECK(counts.failed == 2);
  CHECK(counts.live_blocks == 1);
  CHECK(counts.live_bytes == 64);
  CHECK(counts.peak_bytes == 192);
  CHECK(counts.total_bytes == 192);
  allomorph_deallocate(a, block, 50, align);
  CHECK(read(a).live_bytes == 0);
  CHECK(read(a).peak_bytes == 192);
}

TEST_CASE("failing: after so many calls all fail") {
  Composition composition;
  allomorph_allocator* a =
      composition.add(allomorph_failing(composition.leaf(system_like), 2, 0, 0));
  uint8_t* block = allomorph_allocate(a, 10, align);
  block = allomorph_reallocate(a, block, 10, 100, align);
  REQUIRE(block != nullptr);
  fill_pattern(block, 100, 1);
  CHECK(allomorph_allocate(a, 10, align) == nullptr);
  CHECK(allomorph_reallocate(a, block, 100, 10, align) == nullptr);
  CHECK(allomorph_reallocate(a, block, 100, 1000, align) == nullptr);
  CHECK(matches_pattern(block, 100, 100, 1));
  CHECK(allomorph_failing_count(a) == 3);
  allomorph_deallocate(a, block, 100, align);
}

TEST_CASE("failing: a probability, the same places for the same seed") {
  const auto places = [](double probability, uint64_t seed) {
    Composition composition;
    allomorph_allocator* a = composition.add(
        allomorph_failing(composition.leaf(system_like), UINT64_MAX, probability, seed));
    std::vector<bool> failed;
    for (int call = 0; call < 10'000; call++) {
      uint8_t* block = allomorph_allocate(a, 16, align);
      failed.push_back(block == nullptr);
      if (block != nullptr) allomorph_deallocate(a, block, 16, align);
    }
    return failed;
  };
  const auto failed = places(0.1, 42);
  CHECK(failed == places(0.1, 42));
  CHECK(failed != places(0.1, 43));
  const auto count = std::count(failed.begin(), failed.end(), true);
  CHECK(std::abs(static_cast<double>(count) - 1000) < 150);  // five standard deviations
  const auto none = places(0, 1);
  CHECK(std::count(none.begin(), none.end(), true) == 0);
  const auto all = places(1, 1);
  CHECK(std::count(all.begin(), all.end(), false) == 0);
}

TEST_CASE("segregated: no block crosses the threshold where it lies") {
  Composition composition;
  allomorph_allocator* small = composition.add(allomorph_counted(composition.leaf(system_like)));
  allomorph_allocator* large = composition.add(allomorph_counted(composition.leaf(system_like)));
  // In the middle of a class of the allocator behind: 33 to 64.
  allomorph_allocator* a = composition.add(allomorph_segregated(40, small, large));
  CHECK(allomorph_usable_size(a, 33, align) == 40);
  CHECK(allomorph_usable_size(a, 41, align) == 64);
  uint8_t* block = allomorph_allocate(a, 34, align);
  CHECK(read(small).live_blocks == 1);
  CHECK(allomorph_reallocate_inplace(a, block, 40, 50, align) == 40);
  block = allomorph_reallocate(a, block, 40, 20'000, align);
  CHECK(read(small).live_blocks == 0);
  CHECK(read(large).live_blocks == 1);
  // Could be done by the allocator behind, and would make it a small block.
  const size_t now = allomorph_reallocate_inplace(a, block, 20'000, 10, align);
  CHECK(now > 40);
  block = allomorph_reallocate(a, block, now, 10, align);
  CHECK(read(small).live_blocks == 1);
  CHECK(read(large).live_blocks == 0);
  allomorph_deallocate(a, block, 16, align);
  CHECK(SystemLike::mistakes == 0);
  CHECK(SystemLike::live_blocks() == 0);
}

TEST_CASE("fallback: blocks go back to where they came from, and move when they must") {
  Composition composition;
  allomorph_allocator* first =
      composition.add(allomorph_limited(composition.leaf(system_like), 256));
  allomorph_allocator* second =
      composition.add(allomorph_limited(composition.leaf(jemalloc_like), 4096));
  allomorph_allocator* a = composition.add(allomorph_fallback(first, second));
  uint8_t* one = allomorph_allocate(a, 200, align);
  uint8_t* two = allomorph_allocate(a, 200, align);
  CHECK(allomorph_limited_used(first) == 256);
  CHECK(allomorph_limited_used(second) == 256);
  fill_pattern(one, 200, 1);
  fill_pattern(two, 200, 2);
  // The first has no room: the block moves.
  one = allomorph_reallocate(a, one, 200, 1000, align);
  CHECK(allomorph_limited_used(first) == 0);
  CHECK(allomorph_limited_used(second) == 1280);
  CHECK(matches_pattern(one, 200, 200, 1));
  // Neither has: the block is intact, and still the second's.
  CHECK(allomorph_reallocate(a, one, 1000, 5000, align) == nullptr);
  CHECK(matches_pattern(one, 200, 200, 1));
  // The second is full, the first has room.
  uint8_t* rest = allomorph_allocate(a, 2048, align);
  uint8_t* more = allomorph_allocate(a, 512, align);
  CHECK(allomorph_limited_used(second) == 3840);
  CHECK(allomorph_allocate(a, 1000, align) == nullptr);
  more = allomorph_reallocate(a, more, 512, 100, align);
  allomorph_deallocate(a, rest, 2048, align);
  allomorph_deallocate(a, more, 100, align);
  allomorph_deallocate(a, one, 1000, align);
  CHECK(matches_pattern(two, 200, 200, 2));
  allomorph_deallocate(a, two, 200, align);
  CHECK(allomorph_limited_used(first) == 0);
  CHECK(allomorph_limited_used(second) == 0);
  CHECK(SystemLike::mistakes == 0);
  CHECK(JemallocLike::mistakes == 0);
}

TEST_CASE("fallback: a block of the second moves to the first when only that has room") {
  Composition composition;
  allomorph_allocator* first =
      composition.add(allomorph_limited(composition.leaf(system_like), 512));
  allomorph_allocator* second =
      composition.add(allomorph_limited(composition.leaf(jemalloc_like), 64));
  allomorph_allocator* a = composition.add(allomorph_fallback(first, second));
  uint8_t* filling = allomorph_allocate(a, 512, align);
  uint8_t* block = allomorph_allocate(a, 64, align);
  CHECK(allomorph_limited_used(second) == 64);
  fill_pattern(block, 64, 3);
  allomorph_deallocate(a, filling, 512, align);
  block = allomorph_reallocate(a, block, 64, 300, align);
  REQUIRE(block != nullptr);
  CHECK(matches_pattern(block, 64, 64, 3));
  CHECK(allomorph_limited_used(first) == 512);
  CHECK(allomorph_limited_used(second) == 0);
  allomorph_deallocate(a, block, 300, align);
  CHECK(allomorph_limited_used(first) == 0);
}

TEST_CASE("fallback: knows the owner of many blocks") {
  Random random(5);
  Composition composition;
  allomorph_allocator* half =
      composition.add(allomorph_failing(composition.leaf(system_like), UINT64_MAX, 0.5, 1));
  allomorph_allocator* second = composition.add(allomorph_counted(composition.leaf(jemalloc_like)));
  allomorph_allocator* a = composition.add(allomorph_fallback(half, second));
  std::vector<uint8_t*> blocks;
  for (size_t count = 0; count < 20'000; count++) {
    blocks.push_back(allomorph_allocate(a, 24, align));
    if (!random.one_in(3)) continue;
    std::swap(blocks[random.below(blocks.size())], blocks.back());
    allomorph_deallocate(a, blocks.back(), 24, align);
    blocks.pop_back();
  }
  CHECK(read(second).live_blocks > 4000);
  for (uint8_t* block : blocks) allomorph_deallocate(a, block, 24, align);
  CHECK(read(second).live_blocks == 0);
  CHECK(SystemLike::live_blocks() == 0);
  CHECK(SystemLike::mistakes == 0);
  CHECK(JemallocLike::mistakes == 0);
}

TEST_CASE("bump: blocks stand one behind another, and the last one grows in place") {
  Composition composition;
  allomorph_allocator* behind = composition.add(allomorph_counted(composition.leaf(system_like)));
  {
    Composition front;
    allomorph_allocator* a = front.add(allomorph_bump(behind, 4096));
    CHECK(allomorph_bump_held(a) == 0);
    uint8_t* first = allomorph_allocate(a, 10, 1);
    uint8_t* second = allomorph_allocate(a, 20, 1);
    CHECK(second == first + 10);
    CHECK(allomorph_reallocate_inplace(a, first, 10, 11, 1) == 10);
    CHECK(allomorph_reallocate_inplace(a, second, 20, 300, 1) == 300);
    CHECK(allomorph_reallocate(a, second, 300, 400, 1) == second);
    CHECK(allomorph_reallocate_inplace(a, second, 400, 5000, 1) == 400);
    CHECK(allomorph_reallocate_inplace(a, second, 400, 100, 1) == 100);
    uint8_t* third = allomorph_allocate(a, 1, 256);
    CHECK(is_aligned(third, 256));
    // The last one's bytes are used again.
    allomorph_deallocate(a, third, 1, 256);
    CHECK(allomorph_allocate(a, 1, 256) == third);
    CHECK(allomorph_bump_held(a) == 4096);
    // Has a chunk of its own, which goes with it.
    uint8_t* large = allomorph_allocate(a, 100'000, 4096);
    CHECK(is_aligned(large, 4096));
    CHECK(allomorph_bump_held(a) > 104'000);
    allomorph_deallocate(a, large, 100'000, 4096);
    CHECK(allomorph_bump_held(a) == 4096);
    for (int count = 0; count < 100; count++) CHECK(allomorph_allocate(a, 500, 16) != nullptr);
    CHECK(read(behind).live_blocks > 10);
    allomorph_bump_reset(a);
    CHECK(allomorph_bump_held(a) == 4096);
    CHECK(read(behind).live_blocks == 1);
    // Without a reset, when nothing is live: in any order.
    std::vector<uint8_t*> blocks;
    for (int count = 0; count < 100; count++) blocks.push_back(allomorph_allocate(a, 500, 16));
    CHECK(read(behind).live_blocks > 10);
    for (uint8_t* block : blocks) allomorph_deallocate(a, block, 500, 16);
    CHECK(read(behind).live_blocks == 1);
    {
      const Exhausted exhausted;
      CHECK(allomorph_allocate(a, 5000, 16) == nullptr);
      uint8_t* block = allomorph_allocate(a, 4000, 16);
      REQUIRE(block != nullptr);
      CHECK(allomorph_reallocate(a, block, 4000, 5000, 16) == nullptr);
    }
  }
  CHECK(read(behind).live_blocks == 0);
  CHECK(SystemLike::mistakes == 0);
}
