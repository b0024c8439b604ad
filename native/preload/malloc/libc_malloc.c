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

static struct {
  void* (*malloc)(size_t);
  void* (*calloc)(size_t, size_t);
  void* (*realloc)(void*, size_t);
  void (*free)(void*);
  void* (*memalign)(size_t, size_t);
  size_t (*usable_size)(void*);
} libc;

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

/* False: dlsym is at it, and it is dlsym that wants the memory. */
static bool look_up(void) {
  if (LIKELY(libc.malloc != NULL)) return true;
  if (is_looking) return false;
  is_looking = true;
  const bool is_glibc = __libc_malloc != NULL && __libc_calloc != NULL && __libc_realloc != NULL &&
                        __libc_free != NULL && __libc_memalign != NULL;
  if (is_glibc) {
    libc.calloc = __libc_calloc;
    libc.realloc = __libc_realloc;
    libc.free = __libc_free;
    libc.memalign = __libc_memalign;
    libc.malloc = __libc_malloc;
  } else {
    *(void**)&libc.calloc = next_function("calloc");
    *(void**)&libc.realloc = next_function("realloc");
    *(void**)&libc.free = next_function("free");
    *(void**)&libc.memalign =
        next_function("aligned_alloc"); /* musl's memalign calls it by name: ours */
    *(void**)&libc.malloc = next_function("malloc");
  }
  is_looking = false;
  return true;
}

void* libc_malloc(size_t size) {
  return look_up() ? libc.malloc(size) : pool_allocate(least_align, size);
}

void* libc_calloc(size_t count, size_t size) {
  if (look_up()) return libc.calloc(count, size);
  /* The pool is used once, and starts as zeros. */
  return pool_allocate(least_align, count * size);
}

void* libc_memalign(size_t align, size_t size) {
  return look_up() ? libc.memalign(align, size) : pool_allocate(align, size);
}

void* libc_realloc(void* p, size_t size) {
  if (p == NULL) return libc_malloc(size);
  if (!is_from_pool(p)) return libc.realloc(p, size);
  void* moved = libc_malloc(size);
  const size_t held = pool_block_size(p);
  if (moved != NULL) memcpy(moved, p, held < size ? held : size);
  return moved;
}

void libc_free(void* p) {
  if (p == NULL || is_from_pool(p)) return;
  if (look_up()) libc.free(p);
}

size_t libc_usable_size(void* p) {
  if (is_from_pool(p)) return pool_block_size(p);
  if (libc.usable_size == NULL) *(void**)&libc.usable_size = next_function("malloc_usable_size");
  return libc.usable_size(p);
}
