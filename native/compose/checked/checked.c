#include "checked.h"

#include <string.h>

#include "blocks.h"
#include "compose/failing.h"
#include "faults.h"
#include "guards.h"
#include "memory.h"
#include "platform/stack.h"
#include "quarantine.h"

/* Where a call of the allocator was made. */
struct caller {
  uintptr_t frames[ALLOMORPH_CHECKED_FRAMES];
  uint8_t count;
};

static struct caller caller_of(const struct checked* self, uintptr_t address) {
  struct caller caller;
  caller.count = 0;
  const size_t most = (size_t)self->options.frames;
  if (most != 0) caller.count = (uint8_t)allomorph_stack(address, caller.frames, most);
  return caller;
}

static void called_by(allomorph_fault* fault, const struct caller* caller) {
  fault->called_count = caller->count;
  memcpy(fault->called, caller->frames, caller->count * sizeof *caller->frames);
}

/*
 * What the quarantine holds is the program's own: it goes before memory is said to be exhausted,
 * the oldest first, at each attempt twice as much. A block that is larger than any address space
 * is not worth it, and a failure that was made on purpose has to be one.
 */
static bool obtain_memory_at_last(struct checked* self, struct block* fresh, size_t size,
                                  size_t align) {
  if (obtain_memory(self, fresh, size, align)) return true;
  if (fresh->base_size == 0 || self->is_failing) return false;
  for (size_t bytes = fresh->base_size; shrink_quarantine(self, bytes); bytes *= 2) {
    if (obtain_memory(self, fresh, size, align)) return true;
  }
  return false;
}

static uint8_t* allocate_for(struct checked* self, size_t size, size_t align,
                             const struct caller* caller) {
  struct block fresh;
  memset(&fresh, 0, sizeof fresh);
  if (!obtain_memory_at_last(self, &fresh, size, align)) return NULL;
  fresh.allocated_count = caller->count;
  checked_lock(self);
  struct block* block = add_block(self, &fresh);
  if (block != NULL) {
    memcpy(block->frames, caller->frames, caller->count * sizeof *caller->frames);
    self->stats.live_blocks++;
    self->stats.live_bytes += owners_size(self, block);
    if (block->is_guarded) self->stats.guarded_blocks++;
    if (has_guards(self) && !block->is_guarded) self->stats.unguarded_blocks++;
  }
  checked_unlock(self);
  if (block != NULL) return fresh.address;
  release_memory(self, &fresh);
  return NULL;
}

/* Ends a live block; needs the lock. `is_kept`: its memory stays where it is. */
static void end_block(struct checked* self, struct block* block, bool is_kept,
                      const struct caller* caller) {
  memcpy(block->frames + self->options.frames, caller->frames,
         caller->count * sizeof *caller->frames);
  block->freed_count = caller->count;
  block->state = is_kept ? block_kept : block_leaving;
  self->stats.live_blocks--;
  self->stats.live_bytes -= owners_size(self, block);
  if (is_kept) self->stats.kept_blocks++;
}

static void deallocate_for(struct checked* self, uintptr_t address, size_t old_size, size_t align,
                           const struct caller* caller) {
  allomorph_fault fault;
  checked_lock(self);
  struct block* block = judge(self, address, old_size, align, &fault);
  const bool is_right = fault.kind == allomorph_fault_none;
  const bool is_kept = block != NULL && (!is_right || block->was_reported);
  if (block != NULL) end_block(self, block, is_kept, caller);
  checked_unlock(self);
  if (!is_right) {
    called_by(&fault, caller);
    deliver_fault(self, &fault);
  }
  if (block == NULL || is_kept) return;
  while (!make_quarantine_room(self, block->base_size, &fault)) deliver_fault(self, &fault);
  quarantine_block(self, block);
}

static uint8_t* allocate(allomorph_allocator* allocator, size_t size, size_t align) {
  struct checked* self = checked_of(allocator);
  const struct caller caller = caller_of(self, ALLOMORPH_CALLER());
  return allocate_for(self, size, align, &caller);
}

static void deallocate(allomorph_allocator* allocator, uint8_t* ptr, size_t old_size,
                       size_t align) {
  struct checked* self = checked_of(allocator);
  const struct caller caller = caller_of(self, ALLOMORPH_CALLER());
  deallocate_for(self, (uintptr_t)ptr, old_size, align, &caller);
}

/* Always moves, so that an address kept from before is found. */
static uint8_t* reallocate(allomorph_allocator* allocator, uint8_t* ptr, size_t old_size,
                           size_t size, size_t align) {
  struct checked* self = checked_of(allocator);
  const struct caller caller = caller_of(self, ALLOMORPH_CALLER());
  allomorph_fault fault;
  checked_lock(self);
  struct block* block = judge(self, (uintptr_t)ptr, old_size, align, &fault);
  const size_t held = block == NULL ? 0 : block->size;
  const size_t true_align = block == NULL ? 0 : block_align(block);
  const size_t padding = block == NULL ? 0 : padding_size(self, block);
  const bool is_right = fault.kind == allomorph_fault_none;
  /* Said here; when the old block is freed below, it is kept without another word. */
  if (block != NULL && !is_right) block->was_reported = true;
  checked_unlock(self);
  if (!is_right) {
    called_by(&fault, &caller);
    deliver_fault(self, &fault);
  }
  if (block == NULL) return NULL;
  uint8_t* moved = allocate_for(self, size, align, &caller);
  if (moved == NULL) return NULL;
  const size_t kept = held < size ? held : size;
  /* Damage before the owner's part does not come along. */
  if (kept > padding) memcpy(moved + padding, ptr + padding, kept - padding);
  deallocate_for(self, (uintptr_t)ptr, held, true_align, &caller);
  return moved;
}

/* Never grows: there is a redzone in the way. */
static size_t reallocate_inplace(allomorph_allocator* allocator, uint8_t* ptr, size_t old_size,
                                 size_t size, size_t align) {
  struct checked* self = checked_of(allocator);
  const uintptr_t call = ALLOMORPH_CALLER();
  allomorph_fault fault;
  checked_lock(self);
  struct block* block = judge(self, (uintptr_t)ptr, old_size, align, &fault);
  const bool is_right = fault.kind == allomorph_fault_none;
  size_t now = block == NULL ? old_size : block->size;
  /* The new redzone would hide what is wrong with the old one. */
  if (block != NULL && is_right && !block->was_reported && size < now) {
    self->stats.live_bytes -= owners_size(self, block);
    shrink_memory(block, size);
    self->stats.live_bytes += owners_size(self, block);
    now = size;
  }
  if (block != NULL && is_damage(fault.kind)) block->was_reported = true;
  checked_unlock(self);
  if (!is_right) {
    const struct caller caller = caller_of(self, call);
    called_by(&fault, &caller);
    deliver_fault(self, &fault);
  }
  return now;
}

static size_t usable_size(allomorph_allocator* self, size_t size, size_t align) {
  (void)self;
  (void)align;
  return size;
}

static void destroy(allomorph_allocator* allocator) {
  struct checked* self = checked_of(allocator);
  allomorph_fault fault;
  memset(&fault, 0, sizeof fault);
  if (has_guards(self)) unwatch_guards(self);
  size_t position = 0;
  struct block* block;
  while ((block = next_block(self, &position)) != NULL) {
    if (block->state == block_live) continue;
    if (block->state == block_freed && !check_memory(self, block, &fault)) {
      describe_block(self, block, &fault.block);
      deliver_fault(self, &fault);
    }
    release_memory(self, block);
  }
  free_blocks(self);
  allomorph_unmap_pages(self, sizeof *self);
}

/* A free that is a fault ends no block, or another one than it says. */
static void live(allomorph_allocator* allocator, uint64_t* blocks, uint64_t* bytes) {
  struct checked* self = checked_of(allocator);
  checked_lock(self);
  *blocks = self->stats.live_blocks;
  *bytes = self->stats.live_bytes;
  checked_unlock(self);
}

static size_t ended_by(allomorph_allocator* allocator, const uint8_t* ptr) {
  struct checked* self = checked_of(allocator);
  checked_lock(self);
  const struct block* block = find_block(self, (uintptr_t)ptr);
  const size_t size = block == NULL || block->state != block_live ? 0 : block->size;
  checked_unlock(self);
  return size;
}

static const allomorph_functions functions = {
    allocate, deallocate, reallocate, reallocate_inplace, usable_size,
    destroy,  live,       NULL,       ended_by,
};

bool allomorph_checked_inspect(allomorph_allocator* allocator, uintptr_t address, size_t old_size,
                               size_t align, allomorph_fault* fault) {
  struct checked* self = checked_of(allocator);
  checked_lock(self);
  struct block* block = judge(self, address, old_size, align, fault);
  const bool is_right = fault->kind == allomorph_fault_none;
  if (block != NULL && is_damage(fault->kind)) block->was_reported = true;
  const size_t base_size = block == NULL ? 0 : block->base_size;
  checked_unlock(self);
  return is_right && make_quarantine_room(self, base_size, fault);
}

void allomorph_checked_count_fault(allomorph_allocator* allocator) {
  struct checked* self = checked_of(allocator);
  checked_lock(self);
  self->stats.faults++;
  checked_unlock(self);
}

bool allomorph_checked_is_freed(allomorph_allocator* allocator, uintptr_t address, size_t align) {
  struct checked* self = checked_of(allocator);
  checked_lock(self);
  const struct block* block = find_block(self, address);
  const bool is_freed = block != NULL && block->state != block_live && block_align(block) == align;
  checked_unlock(self);
  return is_freed;
}

void allomorph_checked_deliver(allomorph_allocator* allocator, allomorph_fault* fault) {
  struct checked* self = checked_of(allocator);
  allomorph_checked_count_fault(allocator);
  if (self->options.frames != 0) {
    fault->called_count =
        (uint8_t)allomorph_stack(ALLOMORPH_CALLER(), fault->called, ALLOMORPH_CHECKED_FRAMES);
  }
  report_fault(self, fault);
}

const char* allomorph_checked_place(allomorph_allocator* allocator, const char* text,
                                    size_t length) {
  struct checked* self = checked_of(allocator);
  checked_lock(self);
  const char* place = keep_text(self, text, length);
  checked_unlock(self);
  return place;
}

void allomorph_checked_set_place(allomorph_allocator* allocator, uintptr_t address,
                                 const char* place) {
  struct checked* self = checked_of(allocator);
  checked_lock(self);
  struct block* block = find_block(self, address);
  if (block != NULL && block->state == block_live)
    block->allocated_place = place;
  else if (block != NULL)
    block->freed_place = place;
  checked_unlock(self);
}

void allomorph_checked_before_fork(allomorph_allocator* self) {
  checked_lock(checked_of(self));
}

void allomorph_checked_after_fork(allomorph_allocator* self) {
  checked_unlock(checked_of(self));
}

static void look_behind(struct checked* self) {
  for (allomorph_allocator* a = self->behind; a != NULL; a = allomorph_behind(a)) {
    if (allomorph_is_failing(a)) self->is_failing = true;
    if (a->functions == &functions) checked_of(a)->is_behind_another = true;
  }
}

allomorph_allocator* allomorph_checked(allomorph_allocator* behind,
                                       const allomorph_checked_options* options) {
  struct checked* self = allomorph_map_pages(sizeof *self);
  if (self == NULL) return NULL;
  self->head.functions = &functions;
  self->behind = behind;
  self->options = *options;
  look_behind(self);
  if (options->frames != 0) allomorph_stack_prepare();
  if (has_guards(self) && !watch_guards(self)) {
    allomorph_unmap_pages(self, sizeof *self);
    return NULL;
  }
  return &self->head;
}
