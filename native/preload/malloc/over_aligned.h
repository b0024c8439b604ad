/* Alignments above least_align, also from allocators that do not keep to them. */
#ifndef ALLOMORPH_PRELOAD_OVER_ALIGNED_H
#define ALLOMORPH_PRELOAD_OVER_ALIGNED_H

#include "header.h"

enum { least_align_log2 = 4 };

/*
 * A block with its header, `size` and `align` at most LARGEST_BLOCK. Inside a section. Null:
 * exhausted.
 *
 * The allocator is asked for the alignment. One whose answer is aligned to least_align only, as
 * every allocator over malloc(size) is that takes no notice of `align`, is from then on asked for a
 * larger block, in which there is an aligned place.
 */
INTERNAL void* over_aligned_allocate(size_t size, size_t align);

/* Ends the process: nothing can be built on this. */
INTERNAL _Noreturn void misaligned(const uint8_t* start, size_t size);

static inline void require_least_align(const uint8_t* start, size_t size) {
  if (UNLIKELY(((uintptr_t)start & (least_align - 1)) != 0)) misaligned(start, size);
}

#endif
