// jemalloc through its extended API, as Rust's alloc_jemalloc bound it.

#include <array>
#include <atomic>
#include <bit>

#include "allocators/jemalloc_api.h"
#include "allocators/jemalloc_ctl.h"
#include "core/backend.h"
#include "core/counted.h"
#include "platform/platform.h"

namespace allomorph {
namespace {

// A copy, so that the hot path reads one fixed address; set before registration.
constinit JemallocApi api{};

// MALLOCX_LG_ALIGN(la) is la itself, jemalloc(3).
int flags_of(size_t size, size_t align) {
  return platform::naturally_aligned(size, align) ? 0 : std::countr_zero(align);
}

// Usable sizes of what is allocated most, so that counting costs a load and not
// a call: entry i serves sizes up to 8 i (every size class is a multiple of 8).
// 0: not asked yet. Filled on demand: a program that never allocates here shall
// not pay for it while loading.
constexpr size_t table_limit = 4096;
constexpr size_t table_step = 8;
constinit std::array<std::atomic<uint16_t>, table_limit / table_step + 1> usable_table{};

struct Jemalloc {
  static constexpr BackendId id = BackendId::jemalloc;

  static uint8_t* allocate(size_t size, size_t align) {
    if (!started.load(std::memory_order_relaxed)) [[unlikely]]
      start();
    return static_cast<uint8_t*>(api.mallocx(size, flags_of(size, align)));
  }
  static void deallocate(uint8_t* ptr, size_t old_size, size_t align) {
    api.sdallocx(ptr, old_size, flags_of(old_size, align));
  }
  static uint8_t* reallocate(uint8_t* ptr, size_t /*old_size*/, size_t size, size_t align) {
    return static_cast<uint8_t*>(api.rallocx(ptr, size, flags_of(size, align)));
  }
  static size_t reallocate_inplace(uint8_t* ptr, size_t /*old_size*/, size_t size, size_t align) {
    return api.xallocx(ptr, size, 0, flags_of(size, align));
  }
  static size_t usable_size(size_t size, size_t align) {
    if (size <= table_limit && platform::naturally_aligned(size, align)) [[likely]] {
      const size_t index = (size + table_step - 1) / table_step;
      const size_t known = usable_table[index].load(std::memory_order_relaxed);
      return known != 0 ? known : learn_usable_size(index);
    }
    const size_t usable = api.nallocx(size, flags_of(size, align));
    // nallocx answers 0 for sizes beyond its largest class; no block of such a
    // size exists, and the contract asks for a result >= size.
    return usable >= size ? usable : size;
  }

 private:
  static inline constinit std::atomic<bool> started{false};

  static void start() {
    if (!started.exchange(true)) jemalloc_start_background_thread(api);
  }

  static size_t learn_usable_size(size_t index) {
    const size_t usable = api.nallocx(index * table_step, 0);
    usable_table[index].store(static_cast<uint16_t>(usable), std::memory_order_relaxed);
    return usable;
  }
};

const Backend backend = make_backend<Jemalloc>("jemalloc");

const bool registered = [] {
  const JemallocApi* found = jemalloc_api();
  if (found == nullptr) return false;
  api = *found;
  register_backend(backend);
  return true;
}();

}  // namespace
}  // namespace allomorph
