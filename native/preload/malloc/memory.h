/*
 * Blocks with their headers over allomorph_chain, or of the C library where the calling thread is
 * inside already or nothing is ready. Sizes are the program's; `p` is never null.
 */
#ifndef ALLOMORPH_PRELOAD_MEMORY_H
#define ALLOMORPH_PRELOAD_MEMORY_H

#include "interposer.h"

/* Null with errno ENOMEM. */
INTERNAL void* memory_allocate(size_t size);
INTERNAL void* memory_allocate_zeroed(size_t size);
/* `align`: a power of two. */
INTERNAL void* memory_allocate_aligned(size_t size, size_t align);
/* `size` above zero. Null with errno ENOMEM: the block is as it was. */
INTERNAL void* memory_reallocate(void* p, size_t size);
/* errno stays. */
INTERNAL void memory_free(void* p);
/* The same, when the program says what the block is. */
INTERNAL void memory_free_sized(void* p, size_t size, size_t align);
INTERNAL size_t memory_usable_size(void* p);

#endif
