#include "compose/limited.h"

#include <stdatomic.h>
#include <stdbool.h>

#include "platform/pages.h"

struct limited {
  allomorph_allocator head;
  allomorph_allocator* behind;
  allomorph_allocator* judge; /* may be null */
  size_t limit;
  atomic_size_t used;
};

static struct limited* of(allomorph_allocator* self) {
  return (struct limited*)self;
}

/* Whether there was room for `bytes` more; then they count as used. */
static bool take(struct limited* self, size_t bytes) {
  size_t used = atomic_load_explicit(&self->used, memory_order_relaxed);
  do {
    if (bytes > self->limit || used > self->limit - bytes) return false;
  } while (!atomic_compare_exchange_weak_explicit(&self->used, &used, used + bytes,
                                                  memory_order_relaxed, memory_order_relaxed));
  return true;
}

static void give(struct limited* self, size_t bytes) {
  atomic_fetch_sub_explicit(&self->used, bytes, memory_order_relaxed);
}

static size_t usable_size(allomorph_allocator* self, size_t size, size_t align) {
  return allomorph_usable_size(of(self)->behind, size, align);
}

/* By the block that a deallocate is about; 0: the one behind will refuse it. */
static size_t occupied(allomorph_allocator* self, const uint8_t* ptr, size_t old_size,
                       size_t align) {
  allomorph_allocator* judge = of(self)->judge;
  return judge == NULL ? usable_size(self, old_size, align)
                       : judge->functions->ended_by(judge, ptr);
}

static uint8_t* allocate(allomorph_allocator* self, size_t size, size_t align) {
  /* Before usable_size is asked: beyond what any allocator has, its answer means nothing. */
  if (size > of(self)->limit) return NULL;
  const size_t bytes = usable_size(self, size, align);
  if (!take(of(self), bytes)) return NULL;
  uint8_t* ptr = allomorph_allocate(of(self)->behind, size, align);
  if (ptr == NULL) give(of(self), bytes);
  return ptr;
}

static void deallocate(allomorph_allocator* self, uint8_t* ptr, size_t old_size, size_t align) {
  const size_t bytes = occupied(self, ptr, old_size, align);
  allomorph_deallocate(of(self)->behind, ptr, old_size, align);
  give(of(self), bytes);
}

static uint8_t* reallocate(allomorph_allocator* self, uint8_t* ptr, size_t old_size, size_t size,
                           size_t align) {
  if (size > of(self)->limit) return NULL;
  const size_t before = usable_size(self, old_size, align);
  const size_t after = usable_size(self, size, align);
  if (after > before && !take(of(self), after - before)) return NULL;
  uint8_t* moved = allomorph_reallocate(of(self)->behind, ptr, old_size, size, align);
  if (moved == NULL) {
    if (after > before) give(of(self), after - before);
  } else if (after < before) {
    give(of(self), before - after);
  }
  return moved;
}

static size_t reallocate_inplace(allomorph_allocator* self, uint8_t* ptr, size_t old_size,
                                 size_t size, size_t align) {
  const size_t before = usable_size(self, old_size, align);
  if (size > of(self)->limit) return before;
  const size_t after = usable_size(self, size, align);
  const size_t more = after > before ? after - before : 0;
  if (!take(of(self), more)) return before;
  const size_t now = allomorph_reallocate_inplace(of(self)->behind, ptr, old_size, size, align);
  /* What the block has now may be anything from `size` up, whatever was expected. */
  atomic_fetch_add_explicit(&of(self)->used, now - before - more, memory_order_relaxed);
  return now;
}

static void destroy(allomorph_allocator* self) {
  allomorph_unmap_pages(self, sizeof(struct limited));
}

static allomorph_allocator* behind_of(allomorph_allocator* self) {
  return of(self)->behind;
}

static const allomorph_functions functions = {
    allocate, deallocate, reallocate, reallocate_inplace, usable_size, destroy,
    NULL,     behind_of,  NULL,
};

allomorph_allocator* allomorph_limited(allomorph_allocator* behind, size_t limit) {
  struct limited* self = allomorph_map_pages(sizeof *self);
  if (self == NULL) return NULL;
  self->head.functions = &functions;
  self->behind = behind;
  self->judge = allomorph_judge(behind);
  self->limit = limit;
  return &self->head;
}

size_t allomorph_limited_used(const allomorph_allocator* self) {
  return atomic_load_explicit(&((const struct limited*)self)->used, memory_order_relaxed);
}
