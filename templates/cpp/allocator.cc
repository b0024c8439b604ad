// {{name}}: the five functions of allomorph's allocator ABI, over the C library's malloc. A start
// that keeps the whole contract: replace what is behind it, and let `npm run check` tell what
// broke.
//
//   size      bytes, never 0
//   align     a power of two, the same for a block in every call
//   old_size  any value from the size that was asked for to the usable size
//
// No exception may leave a function, and nothing of the C++ library that allocates may be used:
// under `npm start`, `new` and `malloc` end here.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace {

// What malloc aligns a block to; some align one that is smaller than this to its size only.
bool malloc_aligns(std::size_t size, std::size_t align) {
  return align <= alignof(std::max_align_t) && align <= size;
}

}  // namespace

// Everything else stays hidden: in a process full of libraries, names collide.
#define EXPORT extern "C" __attribute__((visibility("default")))

// Null when memory is exhausted.
EXPORT std::uint8_t* __rust_allocate(std::size_t size, std::size_t align) noexcept {
  if (malloc_aligns(size, align)) return static_cast<std::uint8_t*>(std::malloc(size));
  void* result = nullptr;
  // It demands a multiple of the size of a pointer.
  if (align < sizeof(void*)) align = sizeof(void*);
  if (posix_memalign(&result, align, size) != 0) return nullptr;
  return static_cast<std::uint8_t*>(result);
}

EXPORT void __rust_deallocate(std::uint8_t* ptr, std::size_t /* old_size */,
                              std::size_t /* align */) noexcept {
  std::free(ptr);
}

// How much a block that was asked for with these two can hold, known without one; at least `size`.
EXPORT std::size_t __rust_usable_size(std::size_t size, std::size_t /* align */) noexcept {
  return size;
}

// Null when memory is exhausted: the old block is intact then.
EXPORT std::uint8_t* __rust_reallocate(std::uint8_t* ptr, std::size_t old_size, std::size_t size,
                                       std::size_t align) noexcept {
  if (malloc_aligns(size, align)) return static_cast<std::uint8_t*>(std::realloc(ptr, size));
  // realloc keeps no alignment beyond malloc's.
  std::uint8_t* moved = __rust_allocate(size, align);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, ptr, old_size < size ? old_size : size);
  __rust_deallocate(ptr, old_size, align);
  return moved;
}

// The usable size the block has now; it succeeded when that is at least `size`. malloc cannot do
// it.
EXPORT std::size_t __rust_reallocate_inplace(std::uint8_t* /* ptr */, std::size_t old_size,
                                             std::size_t /* size */, std::size_t align) noexcept {
  return __rust_usable_size(old_size, align);
}
