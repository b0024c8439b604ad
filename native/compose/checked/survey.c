/* Looking at all blocks. */
#include "blocks.h"
#include "faults.h"
#include "memory.h"

#include <string.h>

size_t allomorph_checked_verify(allomorph_allocator* allocator, allomorph_fault* faults,
                                size_t most) {
  struct checked* self = checked_of(allocator);
  size_t found = 0;
  size_t position = 0;
  const struct block* block;
  checked_lock(self);
  while ((block = next_block(self, &position)) != NULL) {
    if (block->state != block_live && block->state != block_freed) continue;
    allomorph_fault fault;
    memset(&fault, 0, sizeof fault);
    if (check_memory(self, block, &fault)) continue;
    describe_block(self, block, &fault.block);
    if (found < most) faults[found] = fault;
    found++;
  }
  checked_unlock(self);
  return found;
}

size_t allomorph_checked_live(allomorph_allocator* allocator, allomorph_checked_block* blocks,
                              size_t most) {
  struct checked* self = checked_of(allocator);
  size_t found = 0;
  size_t position = 0;
  const struct block* block;
  checked_lock(self);
  while ((block = next_block(self, &position)) != NULL) {
    if (block->state != block_live) continue;
    if (found < most) describe_block(self, block, &blocks[found]);
    found++;
  }
  checked_unlock(self);
  return found;
}

allomorph_checked_stats allomorph_checked_read(allomorph_allocator* allocator) {
  struct checked* self = checked_of(allocator);
  checked_lock(self);
  const allomorph_checked_stats stats = self->stats;
  checked_unlock(self);
  return stats;
}
