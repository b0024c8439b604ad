// The C library's heap under every size and alignment that ABI.md allows.

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "platform/platform.h"
#include "support/pattern.h"
#include "support/sizes.h"

namespace {

using namespace allomorph::platform;
using namespace allomorph::test;

constexpr size_t impossible = SIZE_MAX / 4;

struct Block {
  size_t size;
  size_t align;
};

std::vector<Block> each_block() {
  std::vector<Block> blocks;
  for (const size_t align : alignments_up_to(2 * mib)) {
    for (const size_t size : sizes_up_to(mib)) blocks.push_back({size, align});
  }
  return blocks;
}

}  // namespace

TEST_CASE("heap: every block is aligned and holds what is written to it") {
  for (const auto [size, align] : each_block()) {
    CAPTURE(size);
    CAPTURE(align);
    uint8_t* block = heap_allocate(size, align);
    REQUIRE(block != nullptr);
    CHECK(is_aligned(block, align));
    fill_pattern(block, size, align);
    CHECK(matches_pattern(block, size, size, align));
    heap_deallocate(block, align);
  }
}

TEST_CASE("heap: blocks that live together do not overlap") {
  std::vector<uint8_t*> blocks;
  const auto wanted = each_block();
  size_t count = 0;
  for (const auto [size, align] : wanted) {
    if (size > 4 * kib || align > 4 * kib) continue;
    blocks.push_back(heap_allocate(size, align));
    REQUIRE(blocks.back() != nullptr);
    fill_pattern(blocks.back(), size, count++);
  }
  count = 0;
  for (const auto [size, align] : wanted) {
    if (size > 4 * kib || align > 4 * kib) continue;
    CHECK(matches_pattern(blocks[count], size, size, count));
    heap_deallocate(blocks[count], align);
    count++;
  }
}

TEST_CASE("heap: reallocation keeps content and alignment") {
  for (const auto [size, align] : each_block()) {
    for (const size_t next : {size_t{1}, size / 2 + 1, size + 1, size * 3}) {
      CAPTURE(size);
      CAPTURE(next);
      CAPTURE(align);
      uint8_t* block = heap_allocate(size, align);
      REQUIRE(block != nullptr);
      fill_pattern(block, size, align);
      block = heap_reallocate(block, size, next, align);
      REQUIRE(block != nullptr);
      CHECK(is_aligned(block, align));
      CHECK(matches_pattern(block, size, std::min(size, next), align));
      heap_deallocate(block, align);
    }
  }
}

TEST_CASE("heap: an over-aligned block does not shift when it is reallocated (issue 42025)") {
  // Neighbours make the blocks move, and to bases of other misalignments.
  std::vector<uint8_t*> neighbours;
  for (const size_t align : {size_t{32}, size_t{64}, size_t{4096}, size_t{65536}}) {
    uint8_t* block = heap_allocate(1, align);
    REQUIRE(block != nullptr);
    fill_pattern(block, 1, align);
    size_t size = 1;
    for (size_t next = 9; next < 256 * kib; next = next * 3 / 2) {
      neighbours.push_back(heap_allocate(24 + next % 64, 1));
      block = heap_reallocate(block, size, next, align);
      REQUIRE(block != nullptr);
      CAPTURE(align);
      CAPTURE(next);
      CHECK(is_aligned(block, align));
      CHECK(matches_pattern(block, size, size, align));
      size = next;
      fill_pattern(block, size, align);
    }
    heap_deallocate(block, align);
  }
  for (uint8_t* neighbour : neighbours) heap_deallocate(neighbour, 1);
}

TEST_CASE("heap: exhausted memory gives null and leaves the old block intact") {
  for (const size_t align : {size_t{1}, size_t{16}, size_t{64}, 2 * mib}) {
    CAPTURE(align);
    CHECK(heap_allocate(impossible, align) == nullptr);
    uint8_t* block = heap_allocate(100, align);
    REQUIRE(block != nullptr);
    fill_pattern(block, 100, align);
    CHECK(heap_reallocate(block, 100, impossible, align) == nullptr);
    CHECK(matches_pattern(block, 100, 100, align));
    heap_deallocate(block, align);
  }
}

TEST_CASE("heap: a resize in place reports what the block has") {
  uint8_t* block = heap_allocate(100, 8);
  REQUIRE(block != nullptr);
  fill_pattern(block, 100, 1);
  for (const size_t size : {size_t{1}, size_t{100}, size_t{1000}}) {
    CHECK(heap_reallocate_inplace(block, 100, size, 8) == 100);
  }
  CHECK(matches_pattern(block, 100, 100, 1));
  heap_deallocate(block, 8);
}

TEST_CASE("heap: statistics and trimming are there exactly where the C library has them") {
  CHECK(heap_stats().has_value() == (process_symbol("mallinfo2") != nullptr));
  CHECK(heap_trim().has_value() == (process_symbol("malloc_trim") != nullptr));
}
