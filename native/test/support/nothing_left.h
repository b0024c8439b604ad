// Checks, at the end of a scope, that no block is live that was not live at its
// beginning.
#ifndef ALLOMORPH_TEST_NOTHING_LEFT_H
#define ALLOMORPH_TEST_NOTHING_LEFT_H

#include <doctest/doctest.h>

#include <array>

#include "core/block_table.h"
#include "core/counters.h"

namespace allomorph::test {

class NothingLeft {
 public:
  ~NothingLeft() {
    for (size_t index = 0; index < built_in_backends; index++) {
      CAPTURE(index);
      const LiveCounts now = live_counts(static_cast<BackendId>(index));
      CHECK(now.blocks == before_[index].blocks);
      CHECK(now.bytes == before_[index].bytes);
    }
    CHECK(block_table_size() == records_before_);
  }

 private:
  std::array<LiveCounts, built_in_backends> before_ = {live_counts(BackendId::system),
                                                       live_counts(BackendId::jemalloc)};
  size_t records_before_ = block_table_size();
};

}  // namespace allomorph::test

#endif
