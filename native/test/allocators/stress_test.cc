// Seeded random programs in several threads that hand blocks to each other.
// Each block carries a pattern that is verified whenever it is touched.
// ALLOMORPH_TEST_SEED repeats a run, up to the order in which threads meet.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <mutex>
#include <string>
#include <vector>

#include "core/checked.h"
#include "support/each_backend.h"
#include "support/nothing_left.h"
#include "support/pattern.h"
#include "support/random.h"
#include "support/threads.h"

namespace {

using namespace allomorph;
using namespace allomorph::test;

constexpr size_t thread_count = 4;
constexpr int steps = 30000;
constexpr size_t most_live = 200;

struct Block {
  uint8_t* ptr;
  size_t size;
  size_t align;
  uint64_t tag;
};

// The five functions through one of the two doors; false: a fault.
struct UncheckedDoor {
  const Backend& backend;

  uint8_t* allocate(size_t size, size_t align) const {
    return backend.abi.allocate(size, align);
  }
  bool deallocate(const Block& block) const {
    backend.abi.deallocate(block.ptr, block.size, block.align);
    return true;
  }
  bool reallocate(Block& block, size_t size) const {
    uint8_t* moved = backend.abi.reallocate(block.ptr, block.size, size, block.align);
    if (moved == nullptr) return false;
    block.ptr = moved;
    block.size = size;
    return true;
  }
  bool reallocate_inplace(Block& block, size_t size) const {
    const size_t now = backend.abi.reallocate_inplace(block.ptr, block.size, size, block.align);
    block.size = now;
    return now >= size || now == backend.abi.usable_size(now, block.align);
  }
};

struct CheckedDoor {
  const Backend& backend;

  uint8_t* allocate(size_t size, size_t align) const {
    return checked_allocate(backend, size, align);
  }
  bool deallocate(const Block& block) const {
    return checked_deallocate(backend, address(block), block.size, block.align) == BlockFault::none;
  }
  bool reallocate(Block& block, size_t size) const {
    const auto [moved, fault] =
        checked_reallocate(backend, address(block), block.size, size, block.align);
    if (fault != BlockFault::none || moved == nullptr) return false;
    block.ptr = moved;
    block.size = size;
    return true;
  }
  bool reallocate_inplace(Block& block, size_t size) const {
    const auto [now, fault] =
        checked_reallocate_inplace(backend, address(block), block.size, size, block.align);
    if (now >= size) block.size = size;
    return fault == BlockFault::none;
  }

 private:
  static uintptr_t address(const Block& block) {
    return reinterpret_cast<uintptr_t>(block.ptr);
  }
};

// Where threads leave blocks for each other.
class Mailbox {
 public:
  void put(const Block& block) {
    const std::lock_guard guard(mutex_);
    blocks_.push_back(block);
  }
  bool get(Block* block) {
    const std::lock_guard guard(mutex_);
    if (blocks_.empty()) return false;
    *block = blocks_.back();
    blocks_.pop_back();
    return true;
  }

 private:
  std::mutex mutex_;
  std::vector<Block> blocks_;
};

template <class Door>
class Program {
 public:
  Program(const Door& door, Mailbox& mailbox, uint64_t seed)
      : door_(door), mailbox_(mailbox), random_(seed) {
  }

  // Empty, or what went wrong first.
  std::string run() {
    for (int step = 0; step < steps && wrong_.empty(); step++) {
      if (live_.size() >= most_live) {
        release();
        continue;
      }
      switch (live_.empty() ? 0 : random_.below(6)) {
        case 0:
        case 1:
          allocate();
          break;
        case 2:
          release();
          break;
        case 3:
          resize(false);
          break;
        case 4:
          resize(true);
          break;
        default:
          exchange();
      }
    }
    while (!live_.empty()) release();
    return wrong_;
  }

 private:
  void allocate() {
    // Rarely large: 2 MiB alignments and sizes of megabytes.
    const bool large = random_.one_in(200);
    Block block{};
    block.size = random_.size_up_to(large ? 22 : 14);
    block.align = random_.align_up_to(large ? 21 : 12);
    block.tag = random_.below(UINT64_MAX);
    block.ptr = door_.allocate(block.size, block.align);
    if (block.ptr == nullptr) return fail("allocate", block);
    if (!is_aligned(block.ptr, block.align)) fail("allocate: alignment", block);
    fill_pattern(block.ptr, block.size, block.tag);
    live_.push_back(block);
  }

  void release() {
    const Block block = remove();
    verify(block, block.size, block.size, "deallocate");
    if (!door_.deallocate(block)) fail("deallocate", block);
  }

  void resize(bool in_place) {
    Block& block = live_[random_.below(live_.size())];
    const Block before = block;
    const size_t size = random_.size_up_to(15);
    const bool done =
        in_place ? door_.reallocate_inplace(block, size) : door_.reallocate(block, size);
    if (!done) return fail("resize", before);
    if (!is_aligned(block.ptr, block.align)) fail("resize: alignment", block);
    verify(block, before.size, std::min(before.size, block.size), "resize");
    fill_pattern(block.ptr, block.size, block.tag);
  }

  void exchange() {
    mailbox_.put(remove());
    Block block;
    if (!mailbox_.get(&block)) return;
    verify(block, block.size, block.size, "exchange");
    live_.push_back(block);
  }

  Block remove() {
    const size_t index = random_.below(live_.size());
    const Block block = live_[index];
    live_[index] = live_.back();
    live_.pop_back();
    return block;
  }

  void verify(const Block& block, size_t filled, size_t size, const char* where) {
    if (!matches_pattern(block.ptr, filled, size, block.tag)) fail(where, block);
  }

  void fail(const char* what, const Block& block) {
    if (!wrong_.empty()) return;
    wrong_ = std::string(what) + ", size " + std::to_string(block.size) + ", align " +
             std::to_string(block.align);
  }

  const Door& door_;
  Mailbox& mailbox_;
  Random random_;
  std::vector<Block> live_;
  std::string wrong_;
};

template <class Door>
void stress(const char* door_name) {
  const uint64_t seed = test_seed();
  for (const Backend* backend : each_backend()) {
    std::printf("stress: %s %s, ALLOMORPH_TEST_SEED=%llu\n", backend->abi.name, door_name,
                static_cast<unsigned long long>(seed));
    INFO("ALLOMORPH_TEST_SEED=", seed);
    CAPTURE(backend->abi.name);
    const NothingLeft nothing_left;
    const Door door{*backend};
    Mailbox mailbox;
    std::string wrong[thread_count];
    run_threads(thread_count, [&](size_t thread) {
      wrong[thread] = Program<Door>(door, mailbox, seed + thread).run();
    });
    for (const std::string& each : wrong) CHECK(each == "");
    for (Block block; mailbox.get(&block);) CHECK(door.deallocate(block));
  }
}

}  // namespace

TEST_CASE("stress: threads exchange blocks, unchecked") {
  stress<UncheckedDoor>("unchecked");
}

TEST_CASE("stress: threads exchange blocks, checked") {
  stress<CheckedDoor>("checked");
}
