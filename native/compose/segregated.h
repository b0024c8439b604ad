/* Small blocks from one allocator, large ones from another. */
#ifndef ALLOMORPH_COMPOSE_SEGREGATED_H
#define ALLOMORPH_COMPOSE_SEGREGATED_H

#include "compose/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Sizes up to `threshold` come from `small`, the rest from `large`. A block never crosses the
 * threshold where it lies: the usable size of a small one ends there. Null: memory is exhausted.
 */
allomorph_allocator* allomorph_segregated(size_t threshold, allomorph_allocator* small,
                                          allomorph_allocator* large);

#ifdef __cplusplus
}
#endif

#endif
