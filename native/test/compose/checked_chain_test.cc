// A debugging allocator with building blocks behind it.
#include <doctest/doctest.h>

#include <array>

#include "compose/checked/checked.h"
#include "support/composed.h"

namespace allomorph::test {
namespace {

constexpr size_t align = 16;

allomorph_allocator* add_checked(Composition& composition, allomorph_allocator* behind,
                                 allomorph_checked_level level = allomorph_checked_poison) {
  const allomorph_checked_options options = {
      .level = level,
      .quarantine = 1 << 20,
      .frames = 0,
      .report_fd = 2,
      .on_fault = allomorph_on_fault_remember,
      .every = 1,
      .header = 0,
  };
  return composition.add(allomorph_checked(behind, &options));
}

// At both levels, in front of an allocator with room for one megabyte.
template <class Test>
void each_limited(Test test) {
  for (const auto level : {allomorph_checked_poison, allomorph_checked_page_guard}) {
    {
      Composition composition;
      allomorph_allocator* limited =
          composition.add(allomorph_limited(composition.leaf(system_like), 1 << 20));
      test(add_checked(composition, limited, level));
    }
    CHECK(SystemLike::live_blocks() == 0);
    CHECK(SystemLike::mistakes == 0);
  }
}

TEST_CASE("checked: the quarantine goes back before memory is exhausted") {
  each_limited([](allomorph_allocator* a) {
    for (int round = 0; round < 100; round++) {
      uint8_t* block = allomorph_allocate(a, 100'000, align);
      REQUIRE(block != nullptr);
      allomorph_deallocate(a, block, 100'000, align);
    }
    // No more than had to.
    CHECK(allomorph_checked_read(a).quarantined_blocks > 1);
    uint8_t* block = allomorph_allocate(a, 500'000, align);
    REQUIRE(block != nullptr);
    CHECK(allomorph_allocate(a, 800'000, align) == nullptr);
    CHECK(allomorph_checked_read(a).quarantined_blocks == 0);
    block = allomorph_reallocate(a, block, 500'000, 100'000, align);
    REQUIRE(block != nullptr);
    allomorph_deallocate(a, block, 100'000, align);
    CHECK(allomorph_checked_read(a).faults == 0);
  });
}

TEST_CASE(
    "checked: what leaves the quarantine for that is looked at, and kept when it is damaged") {
  Composition composition;
  allomorph_allocator* limited =
      composition.add(allomorph_limited(composition.leaf(system_like), 1 << 20));
  allomorph_allocator* a = add_checked(composition, limited);
  uint8_t* blocks[3];
  for (uint8_t*& block : blocks) block = allomorph_allocate(a, 200'000, align);
  for (uint8_t* block : blocks) allomorph_deallocate(a, block, 200'000, align);
  blocks[0][7] = 0x45;
  uint8_t* block = allomorph_allocate(a, 500'000, align);
  REQUIRE(block != nullptr);
  allomorph_fault fault;
  REQUIRE(allomorph_checked_fault(a, &fault));
  CHECK(fault.kind == allomorph_fault_use_after_free);
  CHECK(fault.offset == 7);
  CHECK(fault.block.address == reinterpret_cast<uintptr_t>(blocks[0]));
  CHECK(allomorph_checked_read(a).kept_blocks == 1);
  allomorph_deallocate(a, block, 500'000, align);
}

TEST_CASE("checked: for what no memory could hold, the quarantine stays") {
  each_limited([](allomorph_allocator* a) {
    allomorph_deallocate(a, allomorph_allocate(a, 100, align), 100, align);
    CHECK(allomorph_allocate(a, SIZE_MAX / 2, align) == nullptr);
    CHECK(allomorph_checked_read(a).quarantined_blocks == 1);
  });
}

TEST_CASE("checked: a call that is made to fail is not made again") {
  for (const auto level : {allomorph_checked_poison, allomorph_checked_page_guard}) {
    Composition composition;
    allomorph_allocator* failing =
        composition.add(allomorph_failing(composition.leaf(system_like), 1, 0, 0));
    allomorph_allocator* counted = composition.add(allomorph_counted(failing));
    allomorph_allocator* a = add_checked(composition, counted, level);
    allomorph_deallocate(a, allomorph_allocate(a, 100, align), 100, align);
    CHECK(allomorph_allocate(a, 100, align) == nullptr);
    CHECK(allomorph_failing_count(failing) == 1);
    CHECK(allomorph_checked_read(a).quarantined_blocks == 1);
  }
}

TEST_CASE("checked: frees that it refuses are none for the blocks in front of it either") {
  Composition composition;
  allomorph_allocator* checked = add_checked(composition, composition.leaf(system_like));
  allomorph_allocator* limited = composition.add(allomorph_limited(checked, 1000));
  allomorph_allocator* counted = composition.add(allomorph_counted(limited));
  allomorph_allocator* failing = composition.add(allomorph_failing(counted, UINT64_MAX, 0, 0));
  allomorph_allocator* front = composition.add(allomorph_limited(failing, 1000));
  const auto figures = [&] {
    allomorph_counts counts;
    allomorph_counted_read(counted, &counts);
    return std::array<uint64_t, 4>{allomorph_limited_used(front), allomorph_limited_used(limited),
                                   counts.live_blocks, counts.live_bytes};
  };
  using Figures = std::array<uint64_t, 4>;
  uint8_t* first = allomorph_allocate(front, 600, align);
  uint8_t* second = allomorph_allocate(front, 300, align);
  allomorph_deallocate(front, first, 600, align);
  CHECK(figures() == Figures{300, 300, 1, 300});
  uint8_t foreign[64];
  allomorph_deallocate(front, first, 600, align);
  allomorph_deallocate(front, foreign, 64, align);
  allomorph_deallocate(front, second + 16, 16, align);
  CHECK(figures() == Figures{300, 300, 1, 300});
  CHECK(allomorph_reallocate(front, first, 600, 500, align) == nullptr);
  CHECK(figures() == Figures{300, 300, 1, 300});
  // It ends the block, whose memory is kept.
  allomorph_deallocate(front, second, 200, align);
  CHECK(figures() == Figures{0, 0, 0, 0});
  CHECK(allomorph_checked_read(checked).faults == 5);
}

}  // namespace
}  // namespace allomorph::test
