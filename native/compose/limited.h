/* At most so many bytes live at a time. */
#ifndef ALLOMORPH_COMPOSE_LIMITED_H
#define ALLOMORPH_COMPOSE_LIMITED_H

#include "compose/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Allocations that would exceed `limit` are exhausted; counted are usable bytes, as blocks really
 * occupy them. While a reallocation moves a block, only the larger of its two sizes counts.
 * Null: memory is exhausted.
 */
allomorph_allocator* allomorph_limited(allomorph_allocator* behind, size_t limit);

/* Usable bytes that are live. */
size_t allomorph_limited_used(const allomorph_allocator* self);

#ifdef __cplusplus
}
#endif

#endif
