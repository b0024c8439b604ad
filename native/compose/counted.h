/* Counts calls, blocks and bytes. */
#ifndef ALLOMORPH_COMPOSE_COUNTED_H
#define ALLOMORPH_COMPOSE_COUNTED_H

#include "compose/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct allomorph_counts {
  /* Calls. Whoever stands in front asks for usable sizes too, so that those are more than a
   * program's own. */
  uint64_t allocate, deallocate, reallocate, reallocate_inplace, usable_size;
  uint64_t failed; /* calls of allocate and reallocate that gave null */
  /* Bytes are usable ones. `total_bytes`: all that were ever allocated, a growth counting as what
   * it added. */
  uint64_t live_blocks, live_bytes, peak_bytes, total_bytes;
} allomorph_counts;

/* Null: memory is exhausted. */
allomorph_allocator* allomorph_counted(allomorph_allocator* behind);

/* Each figure is exact, and all belong together when no other thread is inside a call. */
void allomorph_counted_read(const allomorph_allocator* self, allomorph_counts* result);

#ifdef __cplusplus
}
#endif

#endif
