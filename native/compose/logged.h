/* Writes a line for each call. */
#ifndef ALLOMORPH_COMPOSE_LOGGED_H
#define ALLOMORPH_COMPOSE_LOGGED_H

#include <stdint.h>

#include "compose/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The lines look as a tracer of system calls writes them, decimal sizes, hexadecimal addresses, 0x0
 * for null:
 *
 *   allocate(64, 16) = 0x7f5c28000b70
 *   deallocate(0x7f5c28000b70, 64, 16)
 *   reallocate(0x7f5c28000b70, 64, 128, 16) = 0x7f5c28000c00
 *   reallocate_inplace(0x7f5c28000c00, 128, 256, 16) = 128
 *
 * usable_size is not logged: it changes nothing, and whoever stands in front asks it for each call.
 * A line is written with one write, after the call; before a deallocation, so that the next
 * allocation at the address comes after it. Errors of writing are counted. Null: memory is
 * exhausted.
 */
allomorph_allocator* allomorph_logged(allomorph_allocator* behind, int fd);

/* The same; destroying it closes the descriptor. */
allomorph_allocator* allomorph_logged_owning(allomorph_allocator* behind, int fd);

/* How many lines could not be written. */
uint64_t allomorph_logged_lost(const allomorph_allocator* self);

#ifdef __cplusplus
}
#endif

#endif
