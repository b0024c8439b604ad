/* The records of all blocks, found by address. All need the lock. */
#ifndef ALLOMORPH_COMPOSE_CHECKED_BLOCKS_H
#define ALLOMORPH_COMPOSE_CHECKED_BLOCKS_H

#include "state.h"

/* A record in the table; null: memory is exhausted. */
struct block* add_block(struct checked* self, const struct block* like);
/* Out of the table; the record may be read until it is recycled. */
void remove_block(struct checked* self, struct block* block);
void recycle_record(struct checked* self, struct block* block);

/* The block that starts there. O(1) */
struct block* find_block(const struct checked* self, uintptr_t address);
/* The block whose memory, redzones and guards included, the address lies in. O(blocks) */
struct block* find_around(const struct checked* self, uintptr_t address);
/* Each block of the table in turn: pass the result again, null at first. */
struct block* next_block(const struct checked* self, size_t* position);

/* A copy; null: memory is exhausted or it is too long. */
const char* keep_text(struct checked* self, const char* text, size_t length);

void free_blocks(struct checked* self);

#endif
