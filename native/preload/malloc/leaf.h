/* The end of a chain: what allocates in the end. */
#ifndef ALLOMORPH_PRELOAD_LEAF_H
#define ALLOMORPH_PRELOAD_LEAF_H

#include "interposer.h"

/*
 * "system", or the absolute path of a library: one of five functions, or one with a malloc family,
 * as its symbols say. Ends the process when it is neither. Loaded for good. Null: memory is
 * exhausted.
 */
INTERNAL allomorph_allocator* leaf_open(const char* name);

/* A malloc family as far as it is needed. */
struct family {
  void* (*malloc)(size_t size);
  void (*free)(void* p);
  void* (*realloc)(void* p, size_t size);
  /* `align`: a power of two above least_align. */
  void* (*memalign)(size_t align, size_t size);
};

/* Both are for one leaf of a process. */
INTERNAL allomorph_allocator* family_leaf(const struct family* family);

/* jemalloc(3), "non-standard API": sizes and alignments are passed, as the five functions have
 * them. */
struct jemalloc {
  void* (*mallocx)(size_t size, int flags);
  void* (*rallocx)(void* p, size_t size, int flags);
  size_t (*xallocx)(void* p, size_t size, size_t extra, int flags);
  void (*sdallocx)(void* p, size_t size, int flags);
  size_t (*nallocx)(size_t size, int flags);
};
INTERNAL allomorph_allocator* jemalloc_leaf(const struct jemalloc* jemalloc);

#endif
