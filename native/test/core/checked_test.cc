// The checked door over an allocator that notices a wrong size class.

#include "core/checked.h"

#include <doctest/doctest.h>

#include <atomic>
#include <vector>

#include "support/class_allocator.h"
#include "support/nothing_left.h"
#include "support/pattern.h"
#include "support/random.h"
#include "support/threads.h"

namespace {

using namespace allomorph;
using namespace allomorph::test;

uintptr_t address_of(const uint8_t* ptr) {
  return reinterpret_cast<uintptr_t>(ptr);
}

// Nothing is live at the end and the allocator was never told a wrong size.
class Sound {
 public:
  ~Sound() {
    CHECK(SystemLike::mistakes == 0);
    CHECK(JemallocLike::mistakes == 0);
    CHECK(SystemLike::live_blocks() == 0);
    CHECK(JemallocLike::live_blocks() == 0);
  }

 private:
  NothingLeft nothing_left_;
};

}  // namespace

TEST_CASE("checked: a block is given back with any size from requested to usable") {
  const Sound sound;
  for (size_t old_size = 33; old_size <= 64; old_size++) {
    uint8_t* block = checked_allocate(system_like, 33, 8);
    CHECK(checked_deallocate(system_like, address_of(block), old_size, 8) == BlockFault::none);
  }
}

TEST_CASE("checked: each misuse has its fault, and changes nothing") {
  const Sound sound;
  uint8_t* block = checked_allocate(system_like, 33, 8);
  const uintptr_t address = address_of(block);
  fill_pattern(block, 33, 1);

  struct Misuse {
    const Backend& backend;
    uintptr_t address;
    size_t old_size;
    size_t align;
    BlockFault fault;
  };
  const Misuse misuses[] = {
      {system_like, address + 1, 33, 8, BlockFault::unknown},
      {system_like, address_of(reinterpret_cast<const uint8_t*>(&sound)), 33, 8,
       BlockFault::unknown},
      {system_like, 8, 33, 8, BlockFault::unknown},
      {jemalloc_like, address, 33, 8, BlockFault::foreign},
      {system_like, address, 33, 16, BlockFault::wrong_alignment},
      {system_like, address, 33, 1, BlockFault::wrong_alignment},
      {system_like, address, 32, 8, BlockFault::wrong_size},
      {system_like, address, 65, 8, BlockFault::wrong_size},
      {system_like, address, 0, 8, BlockFault::wrong_size},
      {system_like, address, SIZE_MAX, 8, BlockFault::wrong_size},
  };
  for (const Misuse& each : misuses) {
    CAPTURE(each.address - address);
    CAPTURE(each.old_size);
    CAPTURE(each.align);
    CHECK(checked_deallocate(each.backend, each.address, each.old_size, each.align) == each.fault);
    const Reallocated moved =
        checked_reallocate(each.backend, each.address, each.old_size, 100, each.align);
    CHECK(moved.fault == each.fault);
    CHECK(moved.ptr == nullptr);
    CHECK(checked_reallocate_inplace(each.backend, each.address, each.old_size, 10, each.align)
              .fault == each.fault);
    CHECK(matches_pattern(block, 33, 33, 1));
  }
  CHECK(checked_deallocate(system_like, address, 33, 8) == BlockFault::none);
}

TEST_CASE("checked: a block that is gone is unknown to every function") {
  const Sound sound;
  const uintptr_t address = address_of(checked_allocate(system_like, 33, 8));
  CHECK(checked_deallocate(system_like, address, 33, 8) == BlockFault::none);
  CHECK(checked_deallocate(system_like, address, 33, 8) == BlockFault::unknown);
  CHECK(checked_reallocate(system_like, address, 33, 100, 8).fault == BlockFault::unknown);
  CHECK(checked_reallocate_inplace(system_like, address, 33, 20, 8).fault == BlockFault::unknown);
}

TEST_CASE("checked: a block of the unchecked door is unknown") {
  const Sound sound;
  uint8_t* block = system_like.abi.allocate(33, 8);
  CHECK(checked_deallocate(system_like, address_of(block), 33, 8) == BlockFault::unknown);
  system_like.abi.deallocate(block, 33, 8);
}

TEST_CASE("checked: after a moving reallocation the new address counts, the old is unknown") {
  const Sound sound;
  uint8_t* block = checked_allocate(system_like, 33, 8);
  fill_pattern(block, 33, 1);
  const auto [moved, fault] = checked_reallocate(system_like, address_of(block), 64, 500, 8);
  CHECK(fault == BlockFault::none);
  REQUIRE(moved != nullptr);
  REQUIRE(moved != block);
  CHECK(matches_pattern(moved, 33, 33, 1));
  CHECK(checked_deallocate(system_like, address_of(block), 33, 8) == BlockFault::unknown);
  CHECK(checked_deallocate(system_like, address_of(moved), 33, 8) == BlockFault::wrong_size);
  CHECK(checked_deallocate(system_like, address_of(moved), 500, 8) == BlockFault::none);
}

TEST_CASE("checked: a reallocation that stays where it is records the new size") {
  const Sound sound;
  JemallocLike::stays = true;
  uint8_t* block = checked_allocate(jemalloc_like, 33, 8);
  CHECK(checked_reallocate(jemalloc_like, address_of(block), 33, 60, 8).ptr == block);
  CHECK(checked_deallocate(jemalloc_like, address_of(block), 59, 8) == BlockFault::wrong_size);
  CHECK(checked_deallocate(jemalloc_like, address_of(block), 60, 8) == BlockFault::none);
  JemallocLike::stays = false;
}

TEST_CASE("checked: exhausted memory leaves the old block live") {
  const Sound sound;
  CHECK(checked_allocate(system_like, size_t{1} << 48, 8) == nullptr);
  CHECK(checked_allocate(system_like, SIZE_MAX, 8) == nullptr);
  uint8_t* block = checked_allocate(system_like, 33, 8);
  for (const size_t impossible : {size_t{1} << 48, SIZE_MAX}) {
    const Reallocated moved = checked_reallocate(system_like, address_of(block), 33, impossible, 8);
    CHECK(moved.fault == BlockFault::none);
    CHECK(moved.ptr == nullptr);
    const Resized resized =
        checked_reallocate_inplace(system_like, address_of(block), 33, impossible, 8);
    CHECK(resized.fault == BlockFault::none);
    CHECK(resized.usable == 64);
  }
  SystemLike::exhausted = true;
  CHECK(checked_allocate(system_like, 33, 8) == nullptr);
  const Reallocated moved = checked_reallocate(system_like, address_of(block), 33, 100, 8);
  CHECK(moved.fault == BlockFault::none);
  CHECK(moved.ptr == nullptr);
  SystemLike::exhausted = false;
  CHECK(checked_deallocate(system_like, address_of(block), 33, 8) == BlockFault::none);
}

TEST_CASE("checked: a shrink in place that leaves the class accepts every size it may have") {
  // The block keeps its class of 1024; a caller may say what it asked for (10),
  // what reallocate_inplace reported (1024) or anything between. The allocator
  // must be told a size of the class in each case.
  for (const size_t old_size : {10, 16, 500, 1000, 1024}) {
    const Sound sound;
    CAPTURE(old_size);
    uint8_t* block = checked_allocate(jemalloc_like, 1000, 8);
    CHECK(checked_reallocate_inplace(jemalloc_like, address_of(block), 1000, 10, 8).usable == 1024);
    CHECK(checked_deallocate(jemalloc_like, address_of(block), 1025, 8) == BlockFault::wrong_size);
    CHECK(checked_deallocate(jemalloc_like, address_of(block), old_size, 8) == BlockFault::none);
  }
}

TEST_CASE("checked: after such a shrink a reallocation tells the allocator the true class") {
  const Sound sound;
  uint8_t* block = checked_allocate(jemalloc_like, 1000, 8);
  fill_pattern(block, 10, 1);
  CHECK(checked_reallocate_inplace(jemalloc_like, address_of(block), 1000, 10, 8).usable == 1024);
  const Reallocated moved = checked_reallocate(jemalloc_like, address_of(block), 10, 2000, 8);
  REQUIRE(moved.ptr != nullptr);
  CHECK(matches_pattern(moved.ptr, 10, 10, 1));
  // The new block is an ordinary one again.
  CHECK(checked_deallocate(jemalloc_like, address_of(moved.ptr), 10, 8) == BlockFault::wrong_size);
  CHECK(checked_deallocate(jemalloc_like, address_of(moved.ptr), 2000, 8) == BlockFault::none);
}

TEST_CASE("checked: growing back in place ends the state that a shrink left") {
  const Sound sound;
  uint8_t* block = checked_allocate(jemalloc_like, 1000, 8);
  CHECK(checked_reallocate_inplace(jemalloc_like, address_of(block), 1000, 10, 8).usable == 1024);
  CHECK(checked_reallocate_inplace(jemalloc_like, address_of(block), 10, 900, 8).usable == 1024);
  CHECK(checked_deallocate(jemalloc_like, address_of(block), 899, 8) == BlockFault::wrong_size);
  CHECK(checked_deallocate(jemalloc_like, address_of(block), 900, 8) == BlockFault::none);
}

TEST_CASE("checked: a shrink in place that changes the class records the new one") {
  const Sound sound;
  uint8_t* block = checked_allocate(jemalloc_like, 100000, 8);
  CHECK(checked_reallocate_inplace(jemalloc_like, address_of(block), 100000, 20000, 8).usable ==
        32768);
  CHECK(checked_deallocate(jemalloc_like, address_of(block), 100000, 8) == BlockFault::wrong_size);
  CHECK(checked_deallocate(jemalloc_like, address_of(block), 20000, 8) == BlockFault::none);
}

TEST_CASE("checked: a failed growth in place changes nothing") {
  const Sound sound;
  uint8_t* block = checked_allocate(jemalloc_like, 33, 8);
  const Resized resized = checked_reallocate_inplace(jemalloc_like, address_of(block), 33, 65, 8);
  CHECK(resized.fault == BlockFault::none);
  CHECK(resized.usable == 64);
  CHECK(checked_deallocate(jemalloc_like, address_of(block), 32, 8) == BlockFault::wrong_size);
  CHECK(checked_deallocate(jemalloc_like, address_of(block), 33, 8) == BlockFault::none);
}

TEST_CASE("checked: of two threads that free the same block, exactly one wins") {
  const Sound sound;
  constexpr size_t count = 3000;
  std::vector<uintptr_t> blocks(count);
  for (uintptr_t& block : blocks) block = address_of(checked_allocate(system_like, 40, 8));
  std::atomic<size_t> freed{0};
  std::atomic<size_t> refused{0};
  run_threads(2, [&](size_t) {
    for (const uintptr_t block : blocks) {
      const BlockFault fault = checked_deallocate(system_like, block, 40, 8);
      if (fault == BlockFault::none) freed++;
      if (fault == BlockFault::unknown) refused++;
    }
  });
  CHECK(freed == count);
  CHECK(refused == count);
}

TEST_CASE("checked: of a reallocation and a free of the same block, exactly one wins") {
  const Sound sound;
  constexpr size_t count = 3000;
  std::vector<uintptr_t> blocks(count);
  for (uintptr_t& block : blocks) block = address_of(checked_allocate(system_like, 40, 8));
  std::vector<uint8_t*> moved(count);
  std::atomic<size_t> won{0};
  run_threads(2, [&](size_t thread) {
    for (size_t index = 0; index < count; index++) {
      if (thread == 0) {
        if (checked_deallocate(system_like, blocks[index], 40, 8) == BlockFault::none) won++;
        continue;
      }
      moved[index] = checked_reallocate(system_like, blocks[index], 40, 4000, 8).ptr;
      if (moved[index] != nullptr) won++;
    }
  });
  // A moved block may lie where a later one lay, which the other thread then
  // freed: with the wrong size, so that it was refused.
  CHECK(won == count);
  for (uint8_t* block : moved) {
    if (block == nullptr) continue;
    CHECK(checked_deallocate(system_like, address_of(block), 4000, 8) == BlockFault::none);
  }
}

TEST_CASE("checked: threads with blocks of their own, seeded") {
  const Sound sound;
  const uint64_t seed = test_seed();
  INFO("ALLOMORPH_TEST_SEED=", seed);
  std::atomic<int> faults{0};
  run_threads(4, [&](size_t thread) {
    struct Block {
      uint8_t* ptr;
      size_t size;
    };
    const Backend& backend = thread % 2 == 0 ? system_like : jemalloc_like;
    Random random(seed + thread);
    std::vector<Block> live;
    const auto check = [&](BlockFault fault) {
      if (fault != BlockFault::none) faults++;
    };
    for (int step = 0; step < 8000; step++) {
      if (live.empty() || random.one_in(3)) {
        const size_t size = random.size_up_to(12);
        live.push_back({checked_allocate(backend, size, 8), size});
        continue;
      }
      const size_t index = random.below(live.size());
      Block& block = live[index];
      const size_t size = random.size_up_to(16);
      if (random.one_in(3)) {
        const Resized resized =
            checked_reallocate_inplace(backend, address_of(block.ptr), block.size, size, 8);
        check(resized.fault);
        if (resized.usable >= size) block.size = size;
      } else if (random.one_in(2)) {
        const Reallocated moved =
            checked_reallocate(backend, address_of(block.ptr), block.size, size, 8);
        check(moved.fault);
        block = {moved.ptr, size};
      } else {
        check(checked_deallocate(backend, address_of(block.ptr), block.size, 8));
        block = live.back();
        live.pop_back();
      }
    }
    for (const Block& block : live) {
      check(checked_deallocate(backend, address_of(block.ptr), block.size, 8));
    }
  });
  CHECK(faults == 0);
}
