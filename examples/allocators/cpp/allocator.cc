// The five functions. A block is of the heap or a mapping of its own, which `size` and `align`
// alone decide: every old_size from the requested to the usable size gives the same answer.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "locked_heap.h"
#include "pages.h"

namespace {

// The largest page of any platform: a mapping can be cut at its multiples.
constexpr std::size_t mapped_unit = std::size_t{64} << 10;

// No object is larger; also keeps every sum from overflowing.
constexpr std::size_t size_max = PTRDIFF_MAX - mapped_unit;

bool is_mapped(std::size_t size, std::size_t align) {
  return size > Heap::size_max || align > Heap::align_max;
}

std::size_t usable_size(std::size_t size, std::size_t align) {
  if (size > size_max) return size;
  return round_up(size, is_mapped(size, align) ? mapped_unit : granule);
}

// Whether the block has now the usable size of `size`, and is of the kind that this size stands
// for.
bool resize(void* ptr, std::size_t old_size, std::size_t size, std::size_t align) {
  if (size > size_max || is_mapped(size, align) != is_mapped(old_size, align)) return false;
  std::size_t wanted = usable_size(size, align);
  std::size_t usable = usable_size(old_size, align);
  if (wanted == usable) return true;
  return is_mapped(size, align) ? pages_resize(ptr, usable, wanted) : heap_resize(ptr, wanted);
}

}  // namespace

#define EXPORT extern "C" __attribute__((visibility("default")))

EXPORT std::uint8_t* __rust_allocate(std::size_t size, std::size_t align) noexcept {
  if (size > size_max) return nullptr;
  std::size_t usable = usable_size(size, align);
  void* made = is_mapped(size, align) ? pages_map(usable, align) : heap_allocate(usable, align);
  return static_cast<std::uint8_t*>(made);
}

EXPORT void __rust_deallocate(std::uint8_t* ptr, std::size_t old_size, std::size_t align) noexcept {
  if (is_mapped(old_size, align)) {
    pages_unmap(ptr, usable_size(old_size, align));
  } else {
    heap_deallocate(ptr);
  }
}

EXPORT std::uint8_t* __rust_reallocate(std::uint8_t* ptr, std::size_t old_size, std::size_t size,
                                       std::size_t align) noexcept {
  if (resize(ptr, old_size, size, align)) return ptr;
  // Pages keep no alignment but their own when they move.
  if (is_mapped(old_size, align) && size > Heap::size_max && size <= size_max &&
      align <= Heap::align_max) {
    void* moved = pages_move(ptr, usable_size(old_size, align), usable_size(size, align));
    return static_cast<std::uint8_t*>(moved);
  }
  std::uint8_t* moved = __rust_allocate(size, align);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, ptr, old_size < size ? old_size : size);
  __rust_deallocate(ptr, old_size, align);
  return moved;
}

EXPORT std::size_t __rust_reallocate_inplace(std::uint8_t* ptr, std::size_t old_size,
                                             std::size_t size, std::size_t align) noexcept {
  return usable_size(resize(ptr, old_size, size, align) ? size : old_size, align);
}

EXPORT std::size_t __rust_usable_size(std::size_t size, std::size_t align) noexcept {
  return usable_size(size, align);
}
