// The C library's heap on Linux and macOS, as Rust's alloc_system used it.

#include <cstdlib>
#include <cstring>

#include "platform/platform.h"

namespace allomorph::platform {

uint8_t* heap_allocate(size_t size, size_t align) {
  if (naturally_aligned(size, align)) return static_cast<uint8_t*>(std::malloc(size));
  void* block = nullptr;
  // posix_memalign refuses alignments below the size of a pointer.
  const size_t raised = align < sizeof(void*) ? sizeof(void*) : align;
  if (posix_memalign(&block, raised, size) != 0) return nullptr;
  return static_cast<uint8_t*>(block);
}

void heap_deallocate(uint8_t* ptr, size_t /*align*/) {
  std::free(ptr);
}

uint8_t* heap_reallocate(uint8_t* ptr, size_t old_size, size_t size, size_t align) {
  if (naturally_aligned(size, align)) return static_cast<uint8_t*>(std::realloc(ptr, size));
  // Deliberately not realloc followed by re-alignment: that moved the content
  // relative to the new address (rust-lang/rust issue 42025).
  uint8_t* moved = heap_allocate(size, align);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, ptr, old_size < size ? old_size : size);
  heap_deallocate(ptr, align);
  return moved;
}

size_t heap_reallocate_inplace(uint8_t* /*ptr*/, size_t old_size, size_t /*size*/,
                               size_t /*align*/) {
  return old_size;
}

}  // namespace allomorph::platform
