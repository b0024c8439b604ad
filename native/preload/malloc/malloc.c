/* The malloc family as the process calls it: the rules of POSIX, and of glibc where it leaves a
 * choice. */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "memory.h"
#include "platform/pages.h"

static bool is_power_of_two(size_t value) {
  return value != 0 && (value & (value - 1)) == 0;
}

static void* fail(int failure) {
  errno = failure;
  return NULL;
}

EXPORT void* malloc(size_t size) {
  return memory_allocate(size);
}

EXPORT void* calloc(size_t count, size_t size) {
  size_t total;
  if (__builtin_mul_overflow(count, size, &total)) return fail(ENOMEM);
  return memory_allocate_zeroed(total);
}

EXPORT void free(void* p) {
  if (p != NULL) memory_free(p);
}

EXPORT void* realloc(void* p, size_t size) {
  if (p == NULL) return memory_allocate(size);
  if (size == 0) {
    memory_free(p);
    return NULL;
  }
  return memory_reallocate(p, size);
}

EXPORT void* reallocarray(void* p, size_t count, size_t size) {
  size_t total;
  if (__builtin_mul_overflow(count, size, &total)) return fail(ENOMEM);
  return realloc(p, total);
}

EXPORT void cfree(void* p) {
  free(p);
}

/* C23. What the caller knows of the block, its header knows as well: it is compared at most. */
EXPORT void free_sized(void* p, size_t size) {
  if (p != NULL) memory_free_sized(p, size, least_align);
}

EXPORT void free_aligned_sized(void* p, size_t align, size_t size) {
  if (p != NULL) memory_free_sized(p, size, align);
}

/* errno and *result stay as they are when it fails. */
EXPORT int posix_memalign(void** result, size_t align, size_t size) {
  if (!is_power_of_two(align) || align < sizeof(void*)) return EINVAL;
  const int before = errno;
  void* p = memory_allocate_aligned(size, align);
  errno = before;
  if (p == NULL) return ENOMEM;
  *result = p;
  return 0;
}

EXPORT void* aligned_alloc(size_t align, size_t size) {
  if (!is_power_of_two(align)) return fail(EINVAL);
  return memory_allocate_aligned(size, align);
}

/* As in glibc, any alignment is good: the next power of two. */
EXPORT void* memalign(size_t align, size_t size) {
  if (align > SIZE_MAX / 2 + 1) return fail(EINVAL);
  size_t power = least_align;
  while (power < align) power *= 2;
  return memory_allocate_aligned(size, power);
}

EXPORT void* valloc(size_t size) {
  return memory_allocate_aligned(size, allomorph_page_size());
}

EXPORT void* pvalloc(size_t size) {
  const size_t page = allomorph_page_size();
  size_t whole;
  if (__builtin_add_overflow(size, page - 1, &whole)) return fail(ENOMEM);
  return memory_allocate_aligned(whole & ~(page - 1), page);
}

EXPORT size_t malloc_usable_size(void* p) {
  return p == NULL ? 0 : memory_usable_size(p);
}
