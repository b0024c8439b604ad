/* Forking while other threads allocate. */
#ifndef ALLOMORPH_PRELOAD_FORK_H
#define ALLOMORPH_PRELOAD_FORK_H

#include "interposer.h"

/*
 * Registers handlers that fork with nobody inside the five functions, so that the child finds the
 * allocator between two calls and not in the middle of one. After the allocator has been used once:
 * handlers of its own are registered by then, and run later than these.
 */
INTERNAL void fork_start(void);

#endif
