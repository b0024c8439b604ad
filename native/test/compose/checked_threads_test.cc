// Threads allocate, hand over and free at once, while others look at everything.
#include <doctest/doctest.h>

#include <cstring>
#include <vector>

#include "checked_support.h"
#include "support/child.h"
#include "support/threads.h"

namespace allomorph::test {
namespace {

void work(const Checked& checked, size_t seed) {
  std::vector<std::pair<uint8_t*, size_t>> blocks;
  uint64_t state = seed + 1;
  const auto next = [&state] {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<size_t>(state >> 33);
  };
  for (int round = 0; round < 300; round++) {
    const size_t size = 1 + next() % 3000;
    uint8_t* ptr = checked.allocate(size);
    REQUIRE(ptr != nullptr);
    std::memset(ptr, static_cast<int>(seed), size);
    blocks.emplace_back(ptr, size);
    if (next() % 3 != 0) {
      const auto [old, old_size] = blocks.back();
      blocks.back() = {allomorph_reallocate(checked.self(), old, old_size, size * 2, 16), size * 2};
    }
    if (blocks.size() > 20) {
      const auto [old, old_size] = blocks.front();
      CHECK(old[0] == static_cast<uint8_t>(seed));
      checked.deallocate(old, old_size);
      blocks.erase(blocks.begin());
    }
  }
  for (const auto& [ptr, size] : blocks) checked.deallocate(ptr, size);
}

TEST_CASE("checked: threads use one allocator at once") {
  for (const auto level : {allomorph_checked_poison, allomorph_checked_page_guard}) {
    const Checked checked({.level = level, .quarantine = 100000});
    run_threads(5, [&](size_t index) {
      if (index != 0) return work(checked, index);
      for (int round = 0; round < 30; round++) {
        CHECK(allomorph_checked_verify(checked.self(), nullptr, 0) == 0);
        allomorph_checked_live(checked.self(), nullptr, 0);
      }
    });
    CHECK(checked.fault().kind == allomorph_fault_none);
  }
}

TEST_CASE("checked: a forked child can allocate, as its lock was taken before") {
  const Checked checked;
  allomorph_checked_before_fork(checked.self());
  const ChildEnd end = run_in_child([&] {
    allomorph_checked_after_fork(checked.self());
    checked.deallocate(checked.allocate(100), 100);
    if (allomorph_checked_read(checked.self()).live_blocks != 0) std::_Exit(1);
  });
  allomorph_checked_after_fork(checked.self());
  CHECK(end.exit_code == 0);
  checked.deallocate(checked.allocate(100), 100);
}

}  // namespace
}  // namespace allomorph::test
