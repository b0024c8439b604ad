/*
 * {{name}}: the five functions of allomorph's allocator ABI, over the C library's malloc. A start
 * that keeps the whole contract: replace what is behind it, and let `npm run check` tell what
 * broke.
 *
 *   size      bytes, never 0
 *   align     a power of two, the same for a block in every call
 *   old_size  any value from the size that was asked for to the usable size
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Everything else stays hidden: in a process full of libraries, names collide. */
#define EXPORT __attribute__((visibility("default")))

EXPORT uint8_t* __rust_allocate(size_t size, size_t align);
EXPORT void __rust_deallocate(uint8_t* ptr, size_t old_size, size_t align);
EXPORT uint8_t* __rust_reallocate(uint8_t* ptr, size_t old_size, size_t size, size_t align);
EXPORT size_t __rust_reallocate_inplace(uint8_t* ptr, size_t old_size, size_t size, size_t align);
EXPORT size_t __rust_usable_size(size_t size, size_t align);

/* What malloc aligns a block to; some align one that is smaller than this to its size only. */
static int malloc_aligns(size_t size, size_t align) {
  return align <= _Alignof(max_align_t) && align <= size;
}

/* Null when memory is exhausted. */
uint8_t* __rust_allocate(size_t size, size_t align) {
  if (malloc_aligns(size, align)) return malloc(size);
  void* result = NULL;
  /* It demands a multiple of the size of a pointer. */
  if (align < sizeof(void*)) align = sizeof(void*);
  return posix_memalign(&result, align, size) == 0 ? result : NULL;
}

void __rust_deallocate(uint8_t* ptr, size_t old_size, size_t align) {
  (void)old_size, (void)align;
  free(ptr);
}

/* Null when memory is exhausted: the old block is intact then. */
uint8_t* __rust_reallocate(uint8_t* ptr, size_t old_size, size_t size, size_t align) {
  if (malloc_aligns(size, align)) return realloc(ptr, size);
  /* realloc keeps no alignment beyond malloc's. */
  uint8_t* moved = __rust_allocate(size, align);
  if (moved == NULL) return NULL;
  memcpy(moved, ptr, old_size < size ? old_size : size);
  __rust_deallocate(ptr, old_size, align);
  return moved;
}

/* The usable size the block has now; it succeeded when that is at least `size`. malloc cannot do
 * it. */
size_t __rust_reallocate_inplace(uint8_t* ptr, size_t old_size, size_t size, size_t align) {
  (void)ptr, (void)size;
  return __rust_usable_size(old_size, align);
}

/* How much a block that was asked for with these two can hold, known without one; at least `size`.
 */
size_t __rust_usable_size(size_t size, size_t align) {
  (void)align;
  return size;
}
