// ABI.md's contract over every building block, alone and over others.

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "support/composed.h"
#include "support/pattern.h"
#include "support/sizes.h"

namespace {

using namespace allomorph;
using namespace allomorph::test;

// Runs test(allocator, align) for each composition over each backend.
template <class Test>
void over_compositions(Test test) {
  each_composition([&](Composition&, allomorph_allocator* allocator) {
    for (const size_t align : {size_t{1}, size_t{16}, size_t{64}, 4 * kib, mib}) {
      CAPTURE(align);
      test(allocator, align);
    }
  });
}

}  // namespace

TEST_CASE("contract: a block is aligned, holds its usable size, and any old_size frees it") {
  over_compositions([](allomorph_allocator* a, size_t align) {
    for (const size_t size : sizes_up_to(256 * kib)) {
      CAPTURE(size);
      const size_t usable = allomorph_usable_size(a, size, align);
      for (const size_t old_size : {size, usable, size + (usable - size) / 2}) {
        uint8_t* block = allomorph_allocate(a, size, align);
        REQUIRE(block != nullptr);
        CHECK(is_aligned(block, align));
        fill_pattern(block, usable, size);
        CHECK(matches_pattern(block, usable, usable, size));
        allomorph_deallocate(a, block, old_size, align);
        if (usable == size) break;
      }
    }
  });
}

TEST_CASE("contract: usable_size is at least the size, pure, idempotent and monotone") {
  over_compositions([](allomorph_allocator* a, size_t align) {
    size_t previous = 0;
    for (const size_t size : sizes_up_to(64 * mib)) {
      CAPTURE(size);
      const size_t usable = allomorph_usable_size(a, size, align);
      CHECK(usable >= size);
      CHECK(usable >= previous);
      CHECK(allomorph_usable_size(a, size, align) == usable);
      CHECK(allomorph_usable_size(a, usable, align) == usable);
      previous = usable;
    }
  });
}

TEST_CASE("contract: reallocation keeps content and alignment") {
  over_compositions([](allomorph_allocator* a, size_t align) {
    for (const size_t size : sizes_up_to(256 * kib)) {
      for (const size_t next : {size_t{1}, size / 2 + 1, size, size + 1, size * 3}) {
        CAPTURE(size);
        CAPTURE(next);
        uint8_t* block = allomorph_allocate(a, size, align);
        REQUIRE(block != nullptr);
        const size_t usable = allomorph_usable_size(a, size, align);
        fill_pattern(block, usable, size);
        block = allomorph_reallocate(a, block, usable, next, align);
        REQUIRE(block != nullptr);
        CHECK(is_aligned(block, align));
        CHECK(matches_pattern(block, usable, std::min(usable, next), size));
        fill_pattern(block, next, next);
        allomorph_deallocate(a, block, next, align);
      }
    }
  });
}

TEST_CASE("contract: a resize in place never moves and reports what the block then has") {
  over_compositions([](allomorph_allocator* a, size_t align) {
    for (const size_t size : sizes_up_to(256 * kib)) {
      for (const size_t next : {size_t{1}, size / 2 + 1, size, size + 1, size * 2}) {
        CAPTURE(size);
        CAPTURE(next);
        uint8_t* block = allomorph_allocate(a, size, align);
        REQUIRE(block != nullptr);
        const size_t usable = allomorph_usable_size(a, size, align);
        fill_pattern(block, size, size);
        const size_t now = allomorph_reallocate_inplace(a, block, size, next, align);
        if (now < next) CHECK(now == usable);
        if (next <= usable) CHECK(now >= next);
        // So that who counts bytes takes away what it added.
        CHECK(allomorph_usable_size(a, now, align) == now);
        CHECK(matches_pattern(block, size, std::min({size, now, next}), size));
        fill_pattern(block, now, next);
        CHECK(matches_pattern(block, now, now, next));
        // What it is from then on can be moved and freed.
        uint8_t* moved = allomorph_reallocate(a, block, now, now + 100, align);
        REQUIRE(moved != nullptr);
        CHECK(matches_pattern(moved, now, now, next));
        allomorph_deallocate(a, moved, now + 100, align);
      }
    }
  });
}

TEST_CASE("contract: exhausted memory gives null and leaves the old block intact") {
  over_compositions([](allomorph_allocator* a, size_t align) {
    for (const size_t impossible : {SIZE_MAX / 4, SIZE_MAX / 2 + 1, SIZE_MAX - 4 * mib}) {
      CAPTURE(impossible);
      CHECK(allomorph_allocate(a, impossible, align) == nullptr);
      for (const size_t size : {size_t{100}, size_t{5000}}) {
        uint8_t* block = allomorph_allocate(a, size, align);
        REQUIRE(block != nullptr);
        fill_pattern(block, size, 1);
        CHECK(allomorph_reallocate(a, block, size, impossible, align) == nullptr);
        CHECK(allomorph_reallocate_inplace(a, block, size, impossible, align) ==
              allomorph_usable_size(a, size, align));
        CHECK(matches_pattern(block, size, size, 1));
        allomorph_deallocate(a, block, size, align);
      }
    }
  });
}

TEST_CASE("contract: blocks that live together do not overlap") {
  over_compositions([](allomorph_allocator* a, size_t align) {
    if (align > 4 * kib) return;
    const auto sizes = sizes_up_to(16 * kib);
    std::vector<uint8_t*> blocks;
    for (const size_t size : sizes) {
      blocks.push_back(allomorph_allocate(a, size, align));
      REQUIRE(blocks.back() != nullptr);
      fill_pattern(blocks.back(), allomorph_usable_size(a, size, align), size);
    }
    for (size_t index = 0; index < sizes.size(); index++) {
      const size_t usable = allomorph_usable_size(a, sizes[index], align);
      CHECK(matches_pattern(blocks[index], usable, usable, sizes[index]));
      allomorph_deallocate(a, blocks[index], sizes[index], align);
    }
  });
}
