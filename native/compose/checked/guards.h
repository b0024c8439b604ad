/* Allocators whose pages may be touched by mistake: the fault is explained before the process dies
 * of it. */
#ifndef ALLOMORPH_COMPOSE_CHECKED_GUARDS_H
#define ALLOMORPH_COMPOSE_CHECKED_GUARDS_H

#include "state.h"

/* False: too many, or the system refused the handler. */
bool watch_guards(struct checked* self);
void unwatch_guards(struct checked* self);

#endif
