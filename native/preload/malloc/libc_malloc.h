/*
 * The C library's own malloc, behind ours. Can be called from the first instruction of the process
 * on, and by allocators that are written over malloc with each of their calls.
 */
#ifndef ALLOMORPH_PRELOAD_LIBC_MALLOC_H
#define ALLOMORPH_PRELOAD_LIBC_MALLOC_H

#include <stddef.h>

#include "interposer.h"

/* Looked up with the first call of any. */
struct libc_functions {
  void* (*malloc)(size_t size);
  void* (*calloc)(size_t count, size_t size);
  void* (*realloc)(void* p, size_t size);
  void (*free)(void* p);
  void* (*memalign)(size_t align, size_t size);
};
extern struct libc_functions allomorph_libc INTERNAL;

static inline void* libc_malloc(size_t size) {
  return allomorph_libc.malloc(size);
}

static inline void* libc_calloc(size_t count, size_t size) {
  return allomorph_libc.calloc(count, size);
}

static inline void* libc_realloc(void* p, size_t size) {
  return allomorph_libc.realloc(p, size);
}

static inline void libc_free(void* p) {
  allomorph_libc.free(p);
}

/* `align`: a power of two. */
static inline void* libc_memalign(size_t align, size_t size) {
  return allomorph_libc.memalign(align, size);
}

INTERNAL size_t libc_usable_size(void* p);

#endif
