/* What one allocator does not have comes from another one. */
#ifndef ALLOMORPH_COMPOSE_FALLBACK_H
#define ALLOMORPH_COMPOSE_FALLBACK_H

#include "compose/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * `first`, and when that is exhausted, `second`. A block is resized where it is from, and moves to
 * the other one when it cannot be. The usable size is the smaller of the two, as it must hold for
 * either. 8 to 32 bytes are kept for each live block of `second`; as long as there is none, who
 * owns a block costs no lookup. Null: memory is exhausted.
 */
allomorph_allocator* allomorph_fallback(allomorph_allocator* first, allomorph_allocator* second);

#ifdef __cplusplus
}
#endif

#endif
