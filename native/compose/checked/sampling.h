/* Which blocks get guard pages: mappings are scarce, and the process needs some itself. */
#ifndef ALLOMORPH_COMPOSE_CHECKED_SAMPLING_H
#define ALLOMORPH_COMPOSE_CHECKED_SAMPLING_H

#include "state.h"

/* Whether the next allocation is one of those that are to have guards. */
bool wants_guards(struct checked* self);

/* For one block; all allocators of the process share what there is. False: nothing is left. */
bool reserve_guards(void);
void return_guards(void);

/* Once: that guard pages are exhausted. Without the lock. */
void tell_exhaustion(struct checked* self);
/* The same: that the allocator behind gives blocks that lie anywhere in a page. None is guarded
   from now on. */
void tell_misalignment(struct checked* self);

#endif
