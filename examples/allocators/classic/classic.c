/*
 * The example of RFC 1183 in C, as everybody writes it first. It is wrong: malloc knows nothing of
 * `align`. `allomorph check` passes it for alignments that malloc gives anyway and shows a block
 * for which it fails.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT uint8_t* __rust_allocate(size_t size, size_t align) {
  (void)align;
  return malloc(size);
}

EXPORT void __rust_deallocate(uint8_t* ptr, size_t old_size, size_t align) {
  (void)old_size, (void)align;
  free(ptr);
}

EXPORT uint8_t* __rust_reallocate(uint8_t* ptr, size_t old_size, size_t size, size_t align) {
  (void)old_size, (void)align;
  return realloc(ptr, size);
}

EXPORT size_t __rust_reallocate_inplace(uint8_t* ptr, size_t old_size, size_t size, size_t align) {
  (void)ptr, (void)size, (void)align;
  return old_size;
}

EXPORT size_t __rust_usable_size(size_t size, size_t align) {
  (void)align;
  return size;
}
