// An allocator with size classes that knows the class of each of its blocks, so
// that it notices when it is told a size of another class: jemalloc's sdallocx
// would corrupt its heap silently. The classes are the powers of two from 16 on;
// like jemalloc's, a small block cannot be shrunk in place and a large one can.
#ifndef ALLOMORPH_TEST_CLASS_ALLOCATOR_H
#define ALLOMORPH_TEST_CLASS_ALLOCATOR_H

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>
#include <mutex>
#include <unordered_map>

#include "core/backend.h"
#include "core/counted.h"
#include "platform/platform.h"

namespace allomorph::test {

template <BackendId Id>
struct ClassAllocator {
  static constexpr BackendId id = Id;
  static constexpr size_t first_large = 16384;

  // Calls with a block that is not live or a size of another class.
  static inline std::atomic<int> mistakes{0};
  // While true, allocate and reallocate return null.
  static inline std::atomic<bool> exhausted{false};
  // While true, reallocate resizes where the block lies if the class allows.
  static inline std::atomic<bool> stays{false};

  static size_t live_blocks() {
    const std::lock_guard guard(mutex());
    return classes().size();
  }

  static uint8_t* allocate(size_t size, size_t align) {
    if (exhausted) return nullptr;
    const size_t usable = usable_size(size, align);
    uint8_t* ptr = platform::heap_allocate(usable, align);
    if (ptr == nullptr) return nullptr;
    const std::lock_guard guard(mutex());
    classes()[ptr] = usable;
    return ptr;
  }

  static void deallocate(uint8_t* ptr, size_t old_size, size_t align) {
    {
      const std::lock_guard guard(mutex());
      const auto found = classes().find(ptr);
      if (found == classes().end() || found->second != usable_size(old_size, align)) {
        mistakes++;
        return;
      }
      classes().erase(found);
    }
    platform::heap_deallocate(ptr, align);
  }

  static uint8_t* reallocate(uint8_t* ptr, size_t old_size, size_t size, size_t align) {
    if (class_of(ptr) != usable_size(old_size, align)) mistakes++;
    if (stays && class_of(ptr) == usable_size(size, align)) return ptr;
    uint8_t* moved = allocate(size, align);
    if (moved == nullptr) return nullptr;
    std::memcpy(moved, ptr, std::min(old_size, size));
    deallocate(ptr, old_size, align);
    return moved;
  }

  static size_t reallocate_inplace(uint8_t* ptr, size_t old_size, size_t size, size_t align) {
    const std::lock_guard guard(mutex());
    size_t& now = classes()[ptr];
    if (now != usable_size(old_size, align)) mistakes++;
    const size_t wanted = usable_size(size, align);
    if (wanted < now && wanted >= first_large) now = wanted;
    return now;
  }

  static size_t usable_size(size_t size, size_t align) {
    constexpr size_t largest = (SIZE_MAX >> 1) + 1;
    return size > largest ? size : std::bit_ceil(std::max({size, align, size_t{16}}));
  }

 private:
  static size_t class_of(uint8_t* ptr) {
    const std::lock_guard guard(mutex());
    const auto found = classes().find(ptr);
    return found == classes().end() ? 0 : found->second;
  }

  // Never destroyed: a test lets threads run while the process exits.
  static std::mutex& mutex() {
    static auto* instance = new std::mutex;
    return *instance;
  }
  static std::unordered_map<uint8_t*, size_t>& classes() {
    static auto* instance = new std::unordered_map<uint8_t*, size_t>;
    return *instance;
  }
};

using SystemLike = ClassAllocator<BackendId::system>;
using JemallocLike = ClassAllocator<BackendId::jemalloc>;
inline const Backend system_like = make_backend<SystemLike>("system");
inline const Backend jemalloc_like = make_backend<JemallocLike>("jemalloc");

}  // namespace allomorph::test

#endif
