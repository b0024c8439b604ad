/*
 * Blocks of ours that are freed inside the five functions, where the allocator cannot be called:
 * what the dynamic linker keeps for a thread is resized there, for an allocator with thread-local
 * variables.
 */
#ifndef ALLOMORPH_PRELOAD_DEFERRED_H
#define ALLOMORPH_PRELOAD_DEFERRED_H

#include "interposer.h"

/* Any thread. `p` is dead from now on. */
INTERNAL void deferred_add(void* p);
/* Gives them back. Inside a section. */
INTERNAL void deferred_free_all(void);

#endif
