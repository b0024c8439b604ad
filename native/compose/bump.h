/* Allocates by moving a pointer through large chunks; frees everything at once. */
#ifndef ALLOMORPH_COMPOSE_BUMP_H
#define ALLOMORPH_COMPOSE_BUMP_H

#include "compose/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Chunks of `chunk` bytes come from `behind`; what does not fit into one gets a larger one of its
 * own. The usable size is the size. The last block can be resized in place, and freeing it gives
 * its bytes to the next one; the bytes of any other freed block come back when no block is live any
 * more, or by a reset. Destroying it gives all chunks back. Null: memory is exhausted.
 */
allomorph_allocator* allomorph_bump(allomorph_allocator* behind, size_t chunk);

/* All blocks are gone, freed or not; one chunk is kept. No other thread may be inside a call. */
void allomorph_bump_reset(allomorph_allocator* self);

/* Bytes of the chunks. */
size_t allomorph_bump_held(const allomorph_allocator* self);

#ifdef __cplusplus
}
#endif

#endif
