#include <doctest/doctest.h>

#include "platform/platform.h"

using allomorph::platform::min_align;
using allomorph::platform::naturally_aligned;

TEST_CASE("naturally_aligned: both the platform's minimum and the size must allow it") {
  static_assert(naturally_aligned(1, 1));
  static_assert(naturally_aligned(1000, 1));
  static_assert(naturally_aligned(min_align, min_align));
  static_assert(naturally_aligned(min_align + 1, min_align));
  static_assert(!naturally_aligned(1000, 2 * min_align));
  static_assert(!naturally_aligned(2 * min_align, 2 * min_align));
}

TEST_CASE("naturally_aligned: never when the alignment is larger than the size (PR 46117)") {
  static_assert(!naturally_aligned(1, 2));
  static_assert(!naturally_aligned(min_align - 1, min_align));
  static_assert(!naturally_aligned(min_align / 2, min_align));
  static_assert(!naturally_aligned(4, 8));
  static_assert(naturally_aligned(8, 8));
}
