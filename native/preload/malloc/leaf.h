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

/* For one leaf of a process.
 * jemalloc(3), "non-standard API": sizes and alignments are passed, as the five functions have
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
