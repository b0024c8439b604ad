/*
 * The end of a chain over a malloc and its relatives: ABI.md's column "system" for any library.
 */
#ifndef ALLOMORPH_COMPOSE_MALLOC_FAMILY_H
#define ALLOMORPH_COMPOSE_MALLOC_FAMILY_H

#include "compose/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

/* All of one library, with the signatures and the errors of POSIX. */
typedef struct allomorph_malloc_family {
  void* (*malloc)(size_t size);
  void (*free)(void* ptr);
  void* (*realloc)(void* ptr, size_t size);
  /* One of them at least; the first that is there is called. */
  int (*posix_memalign)(void** result, size_t align, size_t size);
  void* (*memalign)(size_t align, size_t size);
  void* (*aligned_alloc)(size_t align, size_t size);
} allomorph_malloc_family;

/* The functions are copied. Null: memory is exhausted. */
allomorph_allocator* allomorph_malloc_family_allocator(const allomorph_malloc_family* family);

#ifdef __cplusplus
}
#endif

#endif
