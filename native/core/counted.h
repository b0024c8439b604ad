// Turns five static functions into the two tables of a Backend. `Raw` has
// static allocate, deallocate, reallocate, reallocate_inplace and usable_size,
// and a constexpr `id`. Bytes are counted as usable_size of the size at hand:
// `old_size` may be any value in [requested, usable], and usable_size gives the
// same for all of them, so what was added is what is taken away.
#ifndef ALLOMORPH_CORE_COUNTED_H
#define ALLOMORPH_CORE_COUNTED_H

#include "core/backend.h"
#include "core/counters.h"

namespace allomorph {

template <class Raw>
struct Counted {
  static int64_t usable(size_t size, size_t align) {
    return static_cast<int64_t>(Raw::usable_size(size, align));
  }

  static uint8_t* allocate(size_t size, size_t align) {
    uint8_t* ptr = Raw::allocate(size, align);
    if (ptr != nullptr) [[likely]]
      count(Raw::id, 1, usable(size, align));
    return ptr;
  }

  static void deallocate(uint8_t* ptr, size_t old_size, size_t align) {
    Raw::deallocate(ptr, old_size, align);
    count(Raw::id, -1, -usable(old_size, align));
  }

  static uint8_t* reallocate(uint8_t* ptr, size_t old_size, size_t size, size_t align) {
    uint8_t* moved = Raw::reallocate(ptr, old_size, size, align);
    if (moved != nullptr) [[likely]]
      count(Raw::id, 0, usable(size, align) - usable(old_size, align));
    return moved;
  }

  static size_t reallocate_inplace(uint8_t* ptr, size_t old_size, size_t size, size_t align) {
    const size_t now = Raw::reallocate_inplace(ptr, old_size, size, align);
    count(Raw::id, 0, static_cast<int64_t>(now) - usable(old_size, align));
    return now;
  }

  static size_t usable_size(size_t size, size_t align) {
    return Raw::usable_size(size, align);
  }
};

template <class Functions>
constexpr allomorph_abi abi_of(const char* name) {
  return {
      .version = ALLOMORPH_ABI_VERSION,
      .struct_size = sizeof(allomorph_abi),
      .name = name,
      .allocate = &Functions::allocate,
      .deallocate = &Functions::deallocate,
      .reallocate = &Functions::reallocate,
      .reallocate_inplace = &Functions::reallocate_inplace,
      .usable_size = &Functions::usable_size,
  };
}

template <class Raw>
constexpr Backend make_backend(const char* name) {
  return {Raw::id, abi_of<Counted<Raw>>(name), abi_of<Raw>(name)};
}

}  // namespace allomorph

#endif
