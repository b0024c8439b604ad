// Threads run random programs on every composition and hand blocks to one another.

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "support/composed.h"
#include "support/pattern.h"
#include "support/random.h"
#include "support/threads.h"

namespace {

using namespace allomorph;
using namespace allomorph::test;

constexpr size_t thread_count = 4;
constexpr size_t steps = 2000;
constexpr size_t most_live = 40;

struct Block {
  uint8_t* ptr;
  size_t size;
  size_t old_size;
  size_t align;
  uint64_t tag;
};

// Where threads leave a block and take another's.
class Exchange {
 public:
  Block swap(const Block& given) {
    const std::lock_guard guard(lock_);
    std::swap(blocks_[next_ % blocks_.size()], kept_ = given);
    next_++;
    return kept_;
  }
  std::vector<Block>& blocks() {
    return blocks_;
  }

 private:
  std::mutex lock_;
  std::vector<Block> blocks_ = std::vector<Block>(8);
  Block kept_ = {};
  size_t next_ = 0;
};

class Program {
 public:
  Program(allomorph_allocator* allocator, Exchange& exchange, uint64_t seed)
      : allocator_(allocator), exchange_(exchange), random_(seed), tag_(seed << 20) {
  }

  // What went wrong first; empty: nothing.
  std::string run() {
    for (size_t step = 0; step < steps && wrong_.empty(); step++) {
      const uint64_t choice = random_.below(8);
      if (live_.empty() || (choice < 3 && live_.size() < most_live)) {
        allocate();
      } else if (choice < 5) {
        deallocate(take());
      } else if (choice == 5) {
        reallocate();
      } else if (choice == 6) {
        reallocate_inplace();
      } else {
        const Block other = exchange_.swap(take());
        if (other.ptr != nullptr) keep(other);
      }
    }
    while (!live_.empty()) deallocate(take());
    return wrong_;
  }

  void deallocate(const Block& block) {
    verify(block, block.size, "deallocate");
    const size_t usable = allomorph_usable_size(allocator_, block.old_size, block.align);
    const size_t old_size = random_.one_in(2) ? usable : block.old_size;
    allomorph_deallocate(allocator_, block.ptr, old_size, block.align);
  }

 private:
  void allocate() {
    const size_t size = random_.size_up_to(14);
    const size_t align = random_.align_up_to(8);
    uint8_t* ptr = allomorph_allocate(allocator_, size, align);
    if (ptr == nullptr) return fail("allocate: exhausted");
    if (!is_aligned(ptr, align)) fail("allocate: alignment");
    keep({ptr, size, size, align, tag_++});
    fill_pattern(ptr, size, live_.back().tag);
  }

  void reallocate() {
    Block block = take();
    const size_t size = random_.size_up_to(14);
    uint8_t* moved = allomorph_reallocate(allocator_, block.ptr, block.old_size, size, block.align);
    if (moved == nullptr) return fail("reallocate: exhausted");
    if (!is_aligned(moved, block.align)) fail("reallocate: alignment");
    block.ptr = moved;
    verify(block, std::min(block.size, size), "reallocate: content");
    block.size = block.old_size = size;
    fill_pattern(moved, size, block.tag);
    keep(block);
  }

  void reallocate_inplace() {
    Block block = take();
    const size_t size = random_.size_up_to(14);
    const size_t now =
        allomorph_reallocate_inplace(allocator_, block.ptr, block.old_size, size, block.align);
    if (now >= size) {
      verify(block, std::min(block.size, size), "reallocate_inplace: content");
      block.size = size;
      block.old_size = now;
      fill_pattern(block.ptr, size, block.tag);
    }
    keep(block);
  }

  void keep(const Block& block) {
    live_.push_back(block);
  }

  Block take() {
    std::swap(live_[random_.below(live_.size())], live_.back());
    const Block block = live_.back();
    live_.pop_back();
    return block;
  }

  void verify(const Block& block, size_t size, const char* where) {
    if (!matches_pattern(block.ptr, block.size, size, block.tag)) fail(where);
  }

  void fail(const char* what) {
    if (wrong_.empty()) wrong_ = what;
  }

  allomorph_allocator* allocator_;
  Exchange& exchange_;
  Random random_;
  uint64_t tag_;
  std::vector<Block> live_;
  std::string wrong_;
};

}  // namespace

TEST_CASE("stress: threads exchange blocks of every composition") {
  const uint64_t seed = test_seed();
  INFO("ALLOMORPH_TEST_SEED=", seed);
  each_composition([&](Composition& composition, allomorph_allocator* made) {
    allomorph_allocator* allocator = composition.add(allomorph_counted(made));
    Exchange exchange;
    std::string wrong[thread_count];
    run_threads(thread_count, [&](size_t thread) {
      wrong[thread] = Program(allocator, exchange, seed + thread).run();
    });
    for (const std::string& each : wrong) CHECK(each == "");
    Program last(allocator, exchange, seed);
    for (const Block& block : exchange.blocks()) {
      if (block.ptr != nullptr) last.deallocate(block);
    }
    allomorph_counts counts;
    allomorph_counted_read(allocator, &counts);
    CHECK(counts.live_blocks == 0);
    CHECK(counts.live_bytes == 0);
    CHECK(counts.allocate == counts.deallocate);
    CHECK(counts.failed == 0);
  });
}
