#include "quarantine.h"

#include <string.h>

#include "blocks.h"
#include "faults.h"
#include "memory.h"

/* Needs the lock. */
static struct block* take_oldest(struct checked* self) {
  struct block* block = self->oldest;
  self->oldest = block->next;
  if (self->oldest == NULL) self->newest = NULL;
  self->stats.quarantined_blocks--;
  self->stats.quarantined_bytes -= block->base_size;
  return block;
}

static void give_back(struct checked* self, struct block* block) {
  release_memory(self, block);
  checked_lock(self);
  recycle_record(self, block);
  checked_unlock(self);
}

bool has_quarantine_for(const struct checked* self, size_t base_size) {
  return base_size <= self->options.quarantine;
}

/* Needs the lock, and gives it up. False: the block was written to after it was freed. */
static bool let_oldest_leave(struct checked* self, allomorph_fault* fault) {
  struct block* block = take_oldest(self);
  const bool intact = check_memory(self, block, fault);
  if (intact) {
    remove_block(self, block);
  } else {
    block->state = block_kept;
    self->stats.kept_blocks++;
    describe_block(self, block, &fault->block);
  }
  checked_unlock(self);
  if (intact) give_back(self, block);
  return intact;
}

bool make_quarantine_room(struct checked* self, size_t base_size, allomorph_fault* fault) {
  if (!has_quarantine_for(self, base_size)) return true;
  for (;;) {
    checked_lock(self);
    const size_t room = self->options.quarantine - base_size;
    if (self->oldest == NULL || self->stats.quarantined_bytes <= room) {
      checked_unlock(self);
      return true;
    }
    if (!let_oldest_leave(self, fault)) return false;
  }
}

bool shrink_quarantine(struct checked* self, size_t bytes) {
  size_t given = 0;
  while (given < bytes) {
    allomorph_fault fault;
    memset(&fault, 0, sizeof fault);
    checked_lock(self);
    if (self->oldest == NULL) {
      checked_unlock(self);
      break;
    }
    const size_t size = self->oldest->base_size;
    if (let_oldest_leave(self, &fault)) {
      given += size;
    } else {
      deliver_fault(self, &fault);
    }
  }
  return given != 0;
}

void quarantine_block(struct checked* self, struct block* block) {
  const bool stays = has_quarantine_for(self, block->base_size);
  if (stays) retire_memory(block);
  checked_lock(self);
  if (stays) {
    block->state = block_freed;
    block->next = NULL;
    if (self->newest == NULL)
      self->oldest = block;
    else
      self->newest->next = block;
    self->newest = block;
    self->stats.quarantined_blocks++;
    self->stats.quarantined_bytes += block->base_size;
  } else {
    remove_block(self, block);
  }
  checked_unlock(self);
  if (!stays) give_back(self, block);
}
