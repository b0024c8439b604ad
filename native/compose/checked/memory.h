/* The memory of a block and what surrounds it. */
#ifndef ALLOMORPH_COMPOSE_CHECKED_MEMORY_H
#define ALLOMORPH_COMPOSE_CHECKED_MEMORY_H

#include "state.h"

enum {
  fresh_byte = 0xa5,   /* allocated, not written yet */
  freed_byte = 0xdf,   /* in quarantine, level poison */
  redzone_byte = 0xfd, /* around a block */
};

/* Memory from behind with the block in it, filled; fills in where it lies. False: exhausted. */
bool obtain_memory(struct checked* self, struct block* block, size_t size, size_t align);
/* Back to behind. */
void release_memory(struct checked* self, const struct block* block);
/* Makes a freed block recognisable: overwritten, or inaccessible. */
void retire_memory(const struct block* block);
/* A smaller size, in place. */
void shrink_memory(struct block* block, size_t size);

/* What is wrong with the bytes of a block and around it; `fault` gets kind, offset and value. */
bool check_memory(const struct checked* self, const struct block* block, allomorph_fault* fault);

#endif
