/* What a debugging allocator knows. For this folder only. */
#ifndef ALLOMORPH_COMPOSE_CHECKED_STATE_H
#define ALLOMORPH_COMPOSE_CHECKED_STATE_H

#include <stdatomic.h>

#include "checked.h"
#include "platform/pages.h"

enum block_state {
  block_live,
  block_leaving, /* freed, its memory is not overwritten yet */
  block_freed,   /* in quarantine */
  block_kept     /* faulty: its memory is not used again before the allocator ends */
};

/* Memory from behind: [base, base + base_size). Pattern: [low, address) and [address + size, high).
 */
struct block {
  uint8_t* address;
  size_t size;
  uint8_t align_log2;
  uint8_t base_align_log2;
  uint8_t state;
  bool was_reported; /* its damage */
  bool is_guarded;   /* by pages; else by redzones */
  uint8_t allocated_count, freed_count;
  uint8_t* base;
  size_t base_size;
  uint8_t *low, *high;
  const char *allocated_place, *freed_place;
  struct block* next; /* in quarantine, in the free list */
  uintptr_t frames[]; /* of the allocation, then of the deallocation */
};

/* Open addressing by address, linear probing, at most half full. */
struct block_table {
  struct block** slots;
  size_t capacity; /* a power of two, 0 at first */
  size_t count;
};

struct record_pages {
  struct record_pages* next;
};

enum { remembered_faults = 16 };

struct checked {
  allomorph_allocator head;
  allomorph_allocator* behind;
  bool is_failing; /* a block behind fails on purpose */
  /* One of its kind stands in front, whose blocks have no header of their owner's. */
  bool is_behind_another;
  allomorph_checked_options options;
  atomic_flag lock; /* guards all below; never held while `behind` is called or a report written */
  struct block_table table;
  struct record_pages* records;
  struct record_pages* places;
  size_t places_used; /* bytes of the first of them */
  struct block* free_records;
  struct block *oldest, *newest; /* the quarantine */
  allomorph_checked_stats stats;
  allomorph_fault remembered[remembered_faults];
  size_t remembered_first, remembered_count;
  atomic_uint_fast64_t asked; /* allocations so far, of those that may get guards */
  atomic_bool is_exhaustion_told;
  /* The allocator behind ignores alignments of a page. */
  atomic_bool is_misaligned;
};

static inline struct checked* checked_of(allomorph_allocator* self) {
  return (struct checked*)self;
}

static inline bool checked_try_lock(struct checked* self) {
  return !atomic_flag_test_and_set_explicit(&self->lock, memory_order_acquire);
}

static inline void checked_lock(struct checked* self) {
  while (!checked_try_lock(self)) allomorph_yield();
}

static inline void checked_unlock(struct checked* self) {
  atomic_flag_clear_explicit(&self->lock, memory_order_release);
}

static inline size_t block_align(const struct block* block) {
  return (size_t)1 << block->align_log2;
}

static inline size_t header_size(const struct checked* self, const struct block* block) {
  const size_t least = self->options.header;
  const size_t header = least != 0 && block_align(block) > least ? block_align(block) : least;
  return header < block->size ? header : block->size;
}

/* Bytes at the start of a block that are nobody's: what its alignment leaves before the header. */
static inline size_t padding_size(const struct checked* self, const struct block* block) {
  const size_t header = header_size(self, block);
  if (self->is_behind_another || header < self->options.header) return 0;
  return header - self->options.header;
}

static inline size_t owners_size(const struct checked* self, const struct block* block) {
  return block->size - header_size(self, block);
}

static inline bool has_guards(const struct checked* self) {
  return self->options.level == allomorph_checked_page_guard;
}

#endif
