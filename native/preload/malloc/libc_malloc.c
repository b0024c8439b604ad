#define _GNU_SOURCE
#include "libc_malloc.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* glibc has its functions under these names too; musl has not, and is asked by dlsym. */
extern void* __libc_malloc(size_t) __attribute__((weak));
extern void* __libc_calloc(size_t, size_t) __attribute__((weak));
extern void* __libc_realloc(void*, size_t) __attribute__((weak));
extern void __libc_free(void*) __attribute__((weak));
extern void* __libc_memalign(size_t, size_t) __attribute__((weak));

/*
 * What dlsym itself allocates while it looks for the functions, with the size before each block.
 * The first call comes while the process has one thread.
 */
enum { pool_size = 16384 };
static _Alignas(least_align) uint8_t pool[pool_size];
static size_t pool_used;
static bool is_looking;

static bool is_from_pool(const void* p) {
  return (uintptr_t)p >= (uintptr_t)pool && (uintptr_t)p < (uintptr_t)(pool + pool_size);
}

static size_t pool_block_size(const void* p) {
  size_t size;
  memcpy(&size, (const uint8_t*)p - least_align, sizeof size);
  return size;
}

static void* pool_allocate(size_t align, size_t size) {
  if (align < least_align) align = least_align;
  const size_t start = ((pool_used + least_align + align - 1) & ~(align - 1));
  if (size > pool_size || start > pool_size - size) {
    errno = ENOMEM;
    return NULL;
  }
  memcpy(pool + start - least_align, &size, sizeof size);
  pool_used = (start + size + least_align - 1) & ~(size_t)(least_align - 1);
  return pool + start;
}

static void* next_function(const char* name) {
  return dlsym(RTLD_NEXT, name);
}

/* --- where dlsym had to be asked: blocks of the pool are about */

static struct libc_functions next;

static void free_next(void* p) {
  if (p != NULL && !is_from_pool(p)) next.free(p);
}

static void* realloc_next(void* p, size_t size) {
  if (p == NULL || !is_from_pool(p)) return next.realloc(p, size);
  void* moved = next.malloc(size);
  const size_t held = pool_block_size(p);
  if (moved != NULL) memcpy(moved, p, held < size ? held : size);
  return moved;
}

/* --- the first call */

/* False: dlsym is at it, and it is dlsym that wants the memory. */
static bool look_up(void) {
  if (is_looking) return false;
  const bool is_glibc = __libc_malloc != NULL && __libc_calloc != NULL && __libc_realloc != NULL &&
                        __libc_free != NULL && __libc_memalign != NULL;
  if (is_glibc) {
    allomorph_libc = (struct libc_functions){__libc_malloc, __libc_calloc, __libc_realloc,
                                             __libc_free, __libc_memalign};
    return true;
  }
  is_looking = true;
  *(void**)&next.malloc = next_function("malloc");
  *(void**)&next.calloc = next_function("calloc");
  *(void**)&next.realloc = next_function("realloc");
  *(void**)&next.free = next_function("free");
  /* Not memalign: that of musl calls aligned_alloc by name, which is ours. */
  *(void**)&next.memalign = next_function("aligned_alloc");
  allomorph_libc =
      (struct libc_functions){next.malloc, next.calloc, realloc_next, free_next, next.memalign};
  is_looking = false;
  return true;
}

static void* first_malloc(size_t size) {
  return look_up() ? libc_malloc(size) : pool_allocate(least_align, size);
}

static void* first_calloc(size_t count, size_t size) {
  if (look_up()) return libc_calloc(count, size);
  /* The pool is used once, and starts as zeros. */
  return pool_allocate(least_align, count * size);
}

static void* first_realloc(void* p, size_t size) {
  if (look_up()) return libc_realloc(p, size);
  void* moved = pool_allocate(least_align, size);
  if (moved == NULL || p == NULL) return moved;
  const size_t held = pool_block_size(p);
  return memcpy(moved, p, held < size ? held : size);
}

static void first_free(void* p) {
  if (look_up()) libc_free(p);
}

static void* first_memalign(size_t align, size_t size) {
  return look_up() ? libc_memalign(align, size) : pool_allocate(align, size);
}

struct libc_functions allomorph_libc = {first_malloc, first_calloc, first_realloc, first_free,
                                        first_memalign};

/* Not the next one where glibc is: a malloc library that stands behind this one has it too, and the
   block is none of its own. */
static void* find_usable_size(void) {
  void* glibc = __libc_malloc == NULL ? NULL : dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
  return glibc == NULL ? next_function("malloc_usable_size") : dlsym(glibc, "malloc_usable_size");
}

size_t libc_usable_size(void* p) {
  static size_t (*usable_size)(void*);
  if (is_from_pool(p)) return pool_block_size(p);
  if (usable_size == NULL) *(void**)&usable_size = find_usable_size();
  return usable_size(p);
}
