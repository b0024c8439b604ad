// ABI.md's contract over every backend of the build, counted and uncounted.

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "support/each_backend.h"
#include "support/nothing_left.h"
#include "support/pattern.h"
#include "support/sizes.h"

namespace {

using namespace allomorph;
using namespace allomorph::test;

constexpr size_t largest_align = 2 * mib;

// Runs test(abi, align) for each table and alignment.
template <class Test>
void over_tables(Test test) {
  for (const Backend* backend : each_backend()) {
    CAPTURE(backend->abi.name);
    for (const allomorph_abi* abi : {&backend->abi, &backend->uncounted}) {
      const bool counted = abi == &backend->abi;
      CAPTURE(counted);
      const NothingLeft nothing_left;
      for (const size_t align : alignments_up_to(largest_align)) {
        CAPTURE(align);
        test(*abi, align);
      }
    }
  }
}

}  // namespace

TEST_CASE("contract: the table says what it is") {
  for (const Backend* backend : each_backend()) {
    for (const allomorph_abi* abi : {&backend->abi, &backend->uncounted}) {
      CHECK(abi->version == ALLOMORPH_ABI_VERSION);
      CHECK(abi->struct_size == sizeof(allomorph_abi));
      CHECK(backend->name() == abi->name);
    }
  }
}

TEST_CASE("contract: a block is aligned, holds its usable size, and any old_size frees it") {
  over_tables([](const allomorph_abi& abi, size_t align) {
    for (const size_t size : sizes_up_to(64 * mib)) {
      CAPTURE(size);
      const size_t usable = abi.usable_size(size, align);
      for (const size_t old_size : {size, usable, size + (usable - size) / 2}) {
        uint8_t* block = abi.allocate(size, align);
        REQUIRE(block != nullptr);
        CHECK(is_aligned(block, align));
        fill_pattern(block, usable, size);
        CHECK(matches_pattern(block, usable, usable, size));
        abi.deallocate(block, old_size, align);
        if (usable == size) break;
      }
    }
  });
}

TEST_CASE("contract: usable_size is at least the size, pure, idempotent and monotone") {
  over_tables([](const allomorph_abi& abi, size_t align) {
    size_t previous = 0;
    for (const size_t size : sizes_up_to(64 * mib)) {
      CAPTURE(size);
      const size_t usable = abi.usable_size(size, align);
      CHECK(usable >= size);
      CHECK(usable >= previous);
      CHECK(abi.usable_size(size, align) == usable);
      // What makes every old_size in [requested, usable] mean the same block.
      CHECK(abi.usable_size(usable, align) == usable);
      previous = usable;
    }
    CHECK(abi.usable_size(SIZE_MAX, align) == SIZE_MAX);
  });
}

TEST_CASE("contract: reallocation keeps content and alignment") {
  over_tables([](const allomorph_abi& abi, size_t align) {
    for (const size_t size : sizes_up_to(4 * mib)) {
      for (const size_t next : {size_t{1}, size / 2 + 1, size, size + 1, size * 3}) {
        CAPTURE(size);
        CAPTURE(next);
        uint8_t* block = abi.allocate(size, align);
        REQUIRE(block != nullptr);
        fill_pattern(block, size, size);
        block = abi.reallocate(block, abi.usable_size(size, align), next, align);
        REQUIRE(block != nullptr);
        CHECK(is_aligned(block, align));
        CHECK(matches_pattern(block, size, std::min(size, next), size));
        fill_pattern(block, next, next);
        abi.deallocate(block, next, align);
      }
    }
  });
}

TEST_CASE("contract: a resize in place never moves and reports what the block then has") {
  over_tables([](const allomorph_abi& abi, size_t align) {
    for (const size_t size : sizes_up_to(4 * mib)) {
      for (const size_t next : {size_t{1}, size / 2 + 1, size, size + 1, size * 2}) {
        CAPTURE(size);
        CAPTURE(next);
        uint8_t* block = abi.allocate(size, align);
        REQUIRE(block != nullptr);
        const size_t usable = abi.usable_size(size, align);
        fill_pattern(block, size, size);
        const size_t now = abi.reallocate_inplace(block, size, next, align);
        if (now < next) CHECK(now == usable);
        if (next <= usable) CHECK(now >= next);
        CHECK(matches_pattern(block, size, std::min(size, now), size));
        // All of what was reported can be used.
        fill_pattern(block, now, next);
        CHECK(matches_pattern(block, now, now, next));
        abi.deallocate(block, now, align);
      }
    }
  });
}

TEST_CASE("contract: exhausted memory gives null and leaves the old block intact") {
  over_tables([](const allomorph_abi& abi, size_t align) {
    for (const size_t impossible : {SIZE_MAX / 4, SIZE_MAX / 2 + 1, SIZE_MAX}) {
      CAPTURE(impossible);
      CHECK(abi.allocate(impossible, align) == nullptr);
      uint8_t* block = abi.allocate(100, align);
      REQUIRE(block != nullptr);
      fill_pattern(block, 100, 1);
      CHECK(abi.reallocate(block, 100, impossible, align) == nullptr);
      CHECK(abi.reallocate_inplace(block, 100, impossible, align) == abi.usable_size(100, align));
      CHECK(matches_pattern(block, 100, 100, 1));
      abi.deallocate(block, 100, align);
    }
  });
}

TEST_CASE("contract: blocks that live together do not overlap") {
  over_tables([](const allomorph_abi& abi, size_t align) {
    if (align > 4 * kib) return;
    const auto sizes = sizes_up_to(16 * kib);
    std::vector<uint8_t*> blocks;
    for (const size_t size : sizes) {
      blocks.push_back(abi.allocate(size, align));
      REQUIRE(blocks.back() != nullptr);
      fill_pattern(blocks.back(), abi.usable_size(size, align), size);
    }
    for (size_t index = 0; index < sizes.size(); index++) {
      const size_t usable = abi.usable_size(sizes[index], align);
      CHECK(matches_pattern(blocks[index], usable, usable, sizes[index]));
      abi.deallocate(blocks[index], sizes[index], align);
    }
  });
}
