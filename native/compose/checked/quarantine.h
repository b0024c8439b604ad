/* Freed blocks, first in, first out. */
#ifndef ALLOMORPH_COMPOSE_CHECKED_QUARANTINE_H
#define ALLOMORPH_COMPOSE_CHECKED_QUARANTINE_H

#include "state.h"

/* Whether a block of so much memory is kept at all. */
bool has_quarantine_for(const struct checked* self, size_t base_size);

/* Checks and gives back the oldest until so much fits. False: a block was written to after it was
   freed; it is kept, `fault` says which, and more may have to leave. Without the lock. */
bool make_quarantine_room(struct checked* self, size_t base_size, allomorph_fault* fault);

/* Gives back the oldest until so many bytes have gone, and delivers what is wrong with them. False:
   there was nothing to give. Without the lock. */
bool shrink_quarantine(struct checked* self, size_t bytes);

/* A block that is leaving: into the quarantine, or back to behind when there is none for it.
   Without the lock. */
void quarantine_block(struct checked* self, struct block* block);

#endif
