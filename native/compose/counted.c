#include "compose/counted.h"

#include <stdatomic.h>

#include "platform/pages.h"

typedef _Atomic uint64_t counter;

struct counted {
  allomorph_allocator head;
  allomorph_allocator* behind;
  allomorph_allocator* judge; /* may be null */
  counter allocate, deallocate, reallocate, reallocate_inplace, usable_size;
  counter failed;
  counter live_blocks, live_bytes, peak_bytes, total_bytes;
};

static struct counted* of(allomorph_allocator* self) {
  return (struct counted*)self;
}

static void add(counter* to, uint64_t amount) {
  atomic_fetch_add_explicit(to, amount, memory_order_relaxed);
}

static uint64_t get(const counter* from) {
  return atomic_load_explicit(from, memory_order_relaxed);
}

/* What a block occupies went from `before` to `after`. */
static void resized(struct counted* self, size_t before, size_t after) {
  if (after <= before) {
    atomic_fetch_sub_explicit(&self->live_bytes, before - after, memory_order_relaxed);
    return;
  }
  const uint64_t more = after - before;
  const uint64_t live =
      atomic_fetch_add_explicit(&self->live_bytes, more, memory_order_relaxed) + more;
  add(&self->total_bytes, more);
  uint64_t peak = get(&self->peak_bytes);
  while (peak < live &&
         !atomic_compare_exchange_weak_explicit(&self->peak_bytes, &peak, live,
                                                memory_order_relaxed, memory_order_relaxed)) {
  }
}

/* Of the allocator behind, for our own arithmetic: no call of ours that counts. */
static size_t occupied(struct counted* self, size_t size, size_t align) {
  return allomorph_usable_size(self->behind, size, align);
}

/* By a deallocate; 0: the one behind will refuse it. */
static size_t ended(struct counted* self, const uint8_t* ptr, size_t old_size, size_t align) {
  return self->judge == NULL ? occupied(self, old_size, align)
                             : self->judge->functions->ended_by(self->judge, ptr);
}

static uint8_t* allocate(allomorph_allocator* self, size_t size, size_t align) {
  add(&of(self)->allocate, 1);
  uint8_t* ptr = allomorph_allocate(of(self)->behind, size, align);
  if (ptr == NULL) {
    add(&of(self)->failed, 1);
    return NULL;
  }
  add(&of(self)->live_blocks, 1);
  resized(of(self), 0, occupied(of(self), size, align));
  return ptr;
}

static void deallocate(allomorph_allocator* self, uint8_t* ptr, size_t old_size, size_t align) {
  add(&of(self)->deallocate, 1);
  /* First the figures: once it is freed, another thread may count the same bytes again, and the
     peak would be one that never was. */
  const size_t bytes = ended(of(self), ptr, old_size, align);
  resized(of(self), bytes, 0);
  if (bytes != 0) {
    atomic_fetch_sub_explicit(&of(self)->live_blocks, 1, memory_order_relaxed);
  }
  allomorph_deallocate(of(self)->behind, ptr, old_size, align);
}

static uint8_t* reallocate(allomorph_allocator* self, uint8_t* ptr, size_t old_size, size_t size,
                           size_t align) {
  add(&of(self)->reallocate, 1);
  uint8_t* moved = allomorph_reallocate(of(self)->behind, ptr, old_size, size, align);
  if (moved == NULL) {
    add(&of(self)->failed, 1);
  } else {
    resized(of(self), occupied(of(self), old_size, align), occupied(of(self), size, align));
  }
  return moved;
}

static size_t reallocate_inplace(allomorph_allocator* self, uint8_t* ptr, size_t old_size,
                                 size_t size, size_t align) {
  add(&of(self)->reallocate_inplace, 1);
  const size_t before = occupied(of(self), old_size, align);
  const size_t now = allomorph_reallocate_inplace(of(self)->behind, ptr, old_size, size, align);
  resized(of(self), before, now);
  return now;
}

static size_t usable_size(allomorph_allocator* self, size_t size, size_t align) {
  add(&of(self)->usable_size, 1);
  return occupied(of(self), size, align);
}

static void destroy(allomorph_allocator* self) {
  allomorph_unmap_pages(self, sizeof(struct counted));
}

static allomorph_allocator* behind_of(allomorph_allocator* self) {
  return of(self)->behind;
}

static const allomorph_functions functions = {
    allocate, deallocate, reallocate, reallocate_inplace, usable_size, destroy,
    NULL,     behind_of,  NULL,
};

allomorph_allocator* allomorph_counted(allomorph_allocator* behind) {
  struct counted* self = allomorph_map_pages(sizeof *self);
  if (self == NULL) return NULL;
  self->head.functions = &functions;
  self->behind = behind;
  self->judge = allomorph_judge(behind);
  return &self->head;
}

void allomorph_counted_read(const allomorph_allocator* self, allomorph_counts* result) {
  const struct counted* counted = (const struct counted*)self;
  result->allocate = get(&counted->allocate);
  result->deallocate = get(&counted->deallocate);
  result->reallocate = get(&counted->reallocate);
  result->reallocate_inplace = get(&counted->reallocate_inplace);
  result->usable_size = get(&counted->usable_size);
  result->failed = get(&counted->failed);
  result->live_blocks = get(&counted->live_blocks);
  result->live_bytes = get(&counted->live_bytes);
  result->peak_bytes = get(&counted->peak_bytes);
  result->total_bytes = get(&counted->total_bytes);
}
