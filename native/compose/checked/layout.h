/* Where a block lies in the memory that is asked for. */
#ifndef ALLOMORPH_COMPOSE_CHECKED_LAYOUT_H
#define ALLOMORPH_COMPOSE_CHECKED_LAYOUT_H

#include "state.h"

/* Each fills in size, alignment, and what to ask for. False: larger than any address space. */
bool lay_out_poisoned(struct block* block, size_t size, size_t align);
bool lay_out_guarded(struct block* block, size_t size, size_t align);

/* After that: where everything is in the memory at `base`. */
void place_block(struct block* block, uint8_t* base);

/* The pages before and behind it. False: the system refused. */
bool forbid_guards(const struct block* block);

#endif
