// The checked door over the real backends; core/checked_test.cc has the rules.

#include "core/checked.h"

#include <doctest/doctest.h>

#include "support/each_backend.h"
#include "support/nothing_left.h"
#include "support/sizes.h"

namespace {

using namespace allomorph;
using namespace allomorph::test;

uintptr_t address_of(const uint8_t* ptr) {
  return reinterpret_cast<uintptr_t>(ptr);
}

}  // namespace

TEST_CASE("checked: allowed sizes free a block, the ones beside them do not") {
  const NothingLeft nothing_left;
  for (const Backend* backend : each_backend()) {
    CAPTURE(backend->abi.name);
    for (const size_t align : {size_t{1}, size_t{16}, size_t{64}, 4 * kib}) {
      for (const size_t size : sizes_up_to(64 * kib)) {
        CAPTURE(align);
        CAPTURE(size);
        const size_t usable = backend->abi.usable_size(size, align);
        for (const size_t old_size : {size, usable}) {
          const uintptr_t block = address_of(checked_allocate(*backend, size, align));
          CHECK(checked_deallocate(*backend, block, size - 1, align) == BlockFault::wrong_size);
          CHECK(checked_deallocate(*backend, block, usable + 1, align) == BlockFault::wrong_size);
          CHECK(checked_deallocate(*backend, block, size, align * 2) ==
                BlockFault::wrong_alignment);
          CHECK(checked_deallocate(*backend, block, old_size, align) == BlockFault::none);
          CHECK(checked_deallocate(*backend, block, old_size, align) == BlockFault::unknown);
        }
      }
    }
  }
}

TEST_CASE("checked: after a resize in place every size the caller may hold frees the block") {
  const NothingLeft nothing_left;
  for (const Backend* backend : each_backend()) {
    CAPTURE(backend->abi.name);
    for (const size_t size : {size_t{100}, size_t{1000}, 14 * kib, 16 * kib, 100 * kib, mib}) {
      for (const size_t next : {size_t{8}, size / 2, size, size + 1, size * 2}) {
        for (const bool reported : {false, true}) {
          CAPTURE(size);
          CAPTURE(next);
          const uintptr_t block = address_of(checked_allocate(*backend, size, 8));
          const Resized resized = checked_reallocate_inplace(*backend, block, size, next, 8);
          CHECK(resized.fault == BlockFault::none);
          const size_t asked = resized.usable >= next ? next : size;
          CHECK(checked_deallocate(*backend, block, reported ? resized.usable : asked, 8) ==
                BlockFault::none);
        }
      }
    }
  }
}

TEST_CASE("checked: one backend's block is foreign to the other") {
  const NothingLeft nothing_left;
  for (const Backend* owner : each_backend()) {
    for (const Backend* other : each_backend()) {
      if (owner == other) continue;
      const uintptr_t block = address_of(checked_allocate(*owner, 100, 8));
      CHECK(checked_deallocate(*other, block, 100, 8) == BlockFault::foreign);
      CHECK(checked_reallocate(*other, block, 100, 200, 8).fault == BlockFault::foreign);
      CHECK(checked_deallocate(*owner, block, 100, 8) == BlockFault::none);
    }
  }
}
