#include "core/contention.h"

#include <atomic>
#include <latch>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "core/pattern.h"
#include "core/spinlock.h"

namespace allomorph {
namespace {

struct Held {
  uint8_t* ptr = nullptr;
  size_t size = 0;
  size_t align = 0;
  uint64_t seed = 0;
};

// Where threads leave blocks for one another.
struct Slot {
  Spinlock lock;
  Held held;

  Held swap(Held other) {
    const std::lock_guard guard(lock);
    return std::exchange(held, other);
  }
};

constexpr size_t slot_count = 256;

// As lib/support/no-memory.ts: null and an offset.
constexpr uintptr_t empty_bytes = 65536;

struct Shared {
  explicit Shared(const allomorph_abi& table) : abi(table) {
  }

  const allomorph_abi& abi;
  Slot slots[slot_count];
  std::atomic<bool> is_over{false};
  std::atomic<size_t> calls{0};
  Spinlock lock;
  Contention first{};

  void report(ContentionFault fault, const Held& held, size_t offset) {
    const std::lock_guard guard(lock);
    if (is_over.exchange(true)) return;
    first = {fault, reinterpret_cast<uintptr_t>(held.ptr), held.size, held.align, offset, 0};
  }
};

class Worker {
 public:
  Worker(Shared& shared, uint64_t seed) : shared_(shared), state_(seed) {
  }

  void run(size_t rounds) {
    for (size_t round = 0; round < rounds && !shared_.is_over.load(std::memory_order_relaxed);
         round++) {
      Held mine = allocate();
      if (mine.ptr == nullptr) break;
      take(shared_.slots[random() % slot_count].swap(mine));
    }
    shared_.calls.fetch_add(calls_);
  }

  // Verifies a block and gives it back, by way of a reallocation every fourth time.
  void take(Held held) {
    if (held.ptr == nullptr || !is_intact(held, held.size)) return;
    if (random() % 4 == 0 && !reallocate(held)) return;
    shared_.abi.deallocate(held.ptr, held.size, held.align);
    calls_++;
  }

 private:
  Held allocate() {
    Held held{nullptr, random_size(), size_t{1} << (random() % 5), random()};
    // An alignment above the size is a rule of its own.
    while (held.align > held.size) held.align >>= 1;
    held.ptr = shared_.abi.allocate(held.size, held.align);
    calls_++;
    if (!is_block(held)) return {};
    fill_pattern(held.ptr, held.size, held.seed);
    return held;
  }

  bool reallocate(Held& held) {
    const size_t drawn = random_size();
    const size_t size = drawn < held.align ? held.align : drawn;
    const size_t kept = size < held.size ? size : held.size;
    held.ptr = shared_.abi.reallocate(held.ptr, held.size, size, held.align);
    held.size = size;
    calls_++;
    return is_block(held) && is_intact(held, kept);
  }

  bool is_block(const Held& held) {
    if (held.ptr == nullptr) {
      shared_.report(ContentionFault::exhausted, held, 0);
    } else if (reinterpret_cast<uintptr_t>(held.ptr) < empty_bytes) {
      shared_.report(ContentionFault::no_memory, held, 0);
    } else if (reinterpret_cast<uintptr_t>(held.ptr) % held.align != 0) {
      shared_.report(ContentionFault::misaligned, held, 0);
    } else {
      return true;
    }
    return false;
  }

  bool is_intact(const Held& held, size_t length) {
    const size_t end = pattern_ends(held.ptr, length, held.seed);
    if (end == length) return true;
    shared_.report(ContentionFault::overwritten, held, end);
    return false;
  }

  // Small ones are where threads meet; one in 32 takes the path of the large ones.
  size_t random_size() {
    const uint64_t value = random();
    return 1 + (value >> 8) % (value % 32 == 0 ? 65536 : 256);
  }

  // xorshift64* (Vigna 2014)
  uint64_t random() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545f4914f6cdd1d;
  }

  Shared& shared_;
  uint64_t state_;
  size_t calls_ = 0;
};

}  // namespace

Contention contend(const allomorph_abi& abi, size_t threads, size_t rounds, uint64_t seed) {
  Shared shared(abi);
  std::latch start(static_cast<std::ptrdiff_t>(threads));
  std::vector<std::thread> running;
  for (size_t index = 0; index < threads; index++) {
    running.emplace_back([&shared, &start, seed, index, rounds] {
      Worker worker(shared, (seed ^ (index + 1) * 0x9e3779b97f4a7c15) | 1);
      start.arrive_and_wait();
      worker.run(rounds);
    });
  }
  for (std::thread& thread : running) thread.join();
  if (!shared.is_over) {
    Worker last(shared, seed | 1);
    for (Slot& slot : shared.slots) last.take(slot.swap({}));
  }
  shared.first.calls = shared.calls;
  return shared.first;
}

}  // namespace allomorph
