/* The five functions. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "large.h"
#include "pages.h"
#include "size_classes.h"
#include "thread_cache.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT uint8_t* __rust_allocate(size_t size, size_t align);
EXPORT void __rust_deallocate(uint8_t* ptr, size_t old_size, size_t align);
EXPORT uint8_t* __rust_reallocate(uint8_t* ptr, size_t old_size, size_t size, size_t align);
EXPORT size_t __rust_reallocate_inplace(uint8_t* ptr, size_t old_size, size_t size, size_t align);
EXPORT size_t __rust_usable_size(size_t size, size_t align);

/* No object is larger; also keeps every sum below from overflowing. */
static const size_t size_max = PTRDIFF_MAX - MAPPED_UNIT;

uint8_t* __rust_allocate(size_t size, size_t align) {
  unsigned size_class = class_of(size, align);
  if (size_class < small_classes) return thread_cache_take(size_class);
  if (size_class < all_classes) return large_take(size_class);
  if (size > size_max) return NULL;
  return pages_map(mapped_size(size), align);
}

void __rust_deallocate(uint8_t* ptr, size_t old_size, size_t align) {
  unsigned size_class = class_of(old_size, align);
  if (size_class < small_classes) {
    thread_cache_give(size_class, ptr);
  } else if (size_class < all_classes) {
    large_give(size_class, ptr);
  } else {
    pages_unmap(ptr, mapped_size(old_size));
  }
}

size_t __rust_usable_size(size_t size, size_t align) {
  unsigned size_class = class_of(size, align);
  if (size_class < all_classes) return size_of_class(size_class);
  return size > size_max ? size : mapped_size(size);
}

size_t __rust_reallocate_inplace(uint8_t* ptr, size_t old_size, size_t size, size_t align) {
  size_t usable = __rust_usable_size(old_size, align);
  /* A slot stays as large as its class says, in both directions: the result says so. */
  if (class_of(old_size, align) < all_classes) return usable;
  /* One that would be of another kind at its new size has to stay what it is. */
  if (size > size_max || class_of(size, align) < all_classes) return usable;
  size_t wanted = mapped_size(size);
  return wanted == usable || pages_resize(ptr, usable, wanted) ? wanted : usable;
}

static int can_move_pages(size_t old_size, size_t size, size_t align) {
  return align <= PAGE_ALIGN && size <= size_max && class_of(old_size, align) == all_classes &&
         class_of(size, align) == all_classes;
}

uint8_t* __rust_reallocate(uint8_t* ptr, size_t old_size, size_t size, size_t align) {
  size_t usable = __rust_usable_size(old_size, align);
  /* Equal, not only large enough: the caller will pass `size` from now on, which must lead to the
   * same kind. */
  if (__rust_usable_size(size, align) == usable && size <= usable) return ptr;
  if (can_move_pages(old_size, size, align)) return pages_move(ptr, usable, mapped_size(size));
  uint8_t* moved = __rust_allocate(size, align);
  if (moved == NULL) return NULL;
  memcpy(moved, ptr, old_size < size ? old_size : size);
  __rust_deallocate(ptr, old_size, align);
  return moved;
}
