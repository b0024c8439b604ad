#include "compose/bump.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "compose/spinlock.h"
#include "platform/pages.h"

#define CHUNK_ALIGN ((size_t)16)

/*
 * At the beginning of each chunk. Invariants, under the lock:
 *   the chunk at the head of the list is the only one that is allocated from
 *   start_of(chunk) <= top <= end_of(chunk); at `top` ends the last block, unless that was freed
 *   `first` is the first block since the chunk was empty, null when it is
 */
struct chunk {
  struct chunk* below;
  size_t size;
  uint8_t* top;
  uint8_t* first;
};

struct bump {
  allomorph_allocator head;
  allomorph_allocator* behind;
  size_t chunk_size;
  atomic_size_t held;
  spinlock lock;
  struct chunk* chunks;
  size_t live; /* blocks */
};

static struct bump* of(allomorph_allocator* self) {
  return (struct bump*)self;
}

static uint8_t* start_of(struct chunk* chunk) {
  return (uint8_t*)(chunk + 1);
}

static uint8_t* end_of(struct chunk* chunk) {
  return (uint8_t*)chunk + chunk->size;
}

static bool is_last(struct chunk* chunk, const uint8_t* ptr, size_t size) {
  return chunk != NULL && ptr >= start_of(chunk) && ptr < chunk->top && ptr + size == chunk->top;
}

/* Null: there is no room. */
static uint8_t* place(struct chunk* chunk, size_t size, size_t align) {
  if (chunk == NULL) return NULL;
  const size_t padding = (size_t)(-(uintptr_t)chunk->top) & (align - 1);
  const size_t room = (size_t)(end_of(chunk) - chunk->top);
  if (padding > room || size > room - padding) return NULL;
  uint8_t* ptr = chunk->top + padding;
  if (chunk->first == NULL) chunk->first = ptr;
  chunk->top = ptr + size;
  return ptr;
}

static bool add_chunk(struct bump* self, size_t size, size_t align) {
  const size_t around = sizeof(struct chunk) + (align > CHUNK_ALIGN ? align - CHUNK_ALIGN : 0);
  if (size > SIZE_MAX - around) return false;
  const size_t needed = around + size;
  const size_t bytes = needed > self->chunk_size ? needed : self->chunk_size;
  struct chunk* chunk = (struct chunk*)(void*)allomorph_allocate(self->behind, bytes, CHUNK_ALIGN);
  if (chunk == NULL) return false;
  chunk->below = self->chunks;
  chunk->size = bytes;
  chunk->top = start_of(chunk);
  chunk->first = NULL;
  self->chunks = chunk;
  atomic_fetch_add_explicit(&self->held, bytes, memory_order_relaxed);
  return true;
}

static void give_back(struct bump* self, struct chunk* chunk) {
  atomic_fetch_sub_explicit(&self->held, chunk->size, memory_order_relaxed);
  allomorph_deallocate(self->behind, (uint8_t*)chunk, chunk->size, CHUNK_ALIGN);
}

/* No block is live: one chunk of the usual size stays. */
static void rewind_all(struct bump* self) {
  struct chunk* kept = NULL;
  for (struct chunk *chunk = self->chunks, *below; chunk != NULL; chunk = below) {
    below = chunk->below;
    if (kept == NULL && chunk->size == self->chunk_size) {
      kept = chunk;
    } else {
      give_back(self, chunk);
    }
  }
  self->chunks = kept;
  self->live = 0;
  if (kept == NULL) return;
  kept->below = NULL;
  kept->top = start_of(kept);
  kept->first = NULL;
}

static void pop(struct bump* self, uint8_t* ptr) {
  struct chunk* chunk = self->chunks;
  chunk->top = ptr;
  if (ptr != chunk->first) return;
  chunk->top = start_of(chunk);
  chunk->first = NULL;
  if (chunk->size == self->chunk_size) return;
  self->chunks = chunk->below;
  give_back(self, chunk);
}

static uint8_t* allocate(allomorph_allocator* self, size_t size, size_t align) {
  struct bump* bump = of(self);
  spinlock_lock(&bump->lock);
  uint8_t* ptr = place(bump->chunks, size, align);
  if (ptr == NULL && add_chunk(bump, size, align)) ptr = place(bump->chunks, size, align);
  if (ptr != NULL) bump->live++;
  spinlock_unlock(&bump->lock);
  return ptr;
}

static void deallocate(allomorph_allocator* self, uint8_t* ptr, size_t old_size, size_t align) {
  struct bump* bump = of(self);
  (void)align;
  spinlock_lock(&bump->lock);
  if (--bump->live == 0) {
    rewind_all(bump);
  } else if (is_last(bump->chunks, ptr, old_size)) {
    pop(bump, ptr);
  }
  spinlock_unlock(&bump->lock);
}

/* Whether the block is the last one and has this size now. */
static bool resize_last(struct bump* self, uint8_t* ptr, size_t old_size, size_t size) {
  spinlock_lock(&self->lock);
  struct chunk* chunk = self->chunks;
  const bool fits = is_last(chunk, ptr, old_size) && size <= (size_t)(end_of(chunk) - ptr);
  if (fits) chunk->top = ptr + size;
  spinlock_unlock(&self->lock);
  return fits;
}

static uint8_t* reallocate(allomorph_allocator* self, uint8_t* ptr, size_t old_size, size_t size,
                           size_t align) {
  if (resize_last(of(self), ptr, old_size, size) || size <= old_size) return ptr;
  uint8_t* moved = allocate(self, size, align);
  if (moved == NULL) return NULL;
  memcpy(moved, ptr, old_size);
  deallocate(self, ptr, old_size, align);
  return moved;
}

static size_t reallocate_inplace(allomorph_allocator* self, uint8_t* ptr, size_t old_size,
                                 size_t size, size_t align) {
  (void)align;
  return resize_last(of(self), ptr, old_size, size) ? size : old_size;
}

static size_t usable_size(allomorph_allocator* self, size_t size, size_t align) {
  (void)self;
  (void)align;
  return size;
}

static void destroy(allomorph_allocator* self) {
  for (struct chunk *chunk = of(self)->chunks, *below; chunk != NULL; chunk = below) {
    below = chunk->below;
    give_back(of(self), chunk);
  }
  allomorph_unmap_pages(self, sizeof(struct bump));
}

static const allomorph_functions functions = {
    allocate, deallocate, reallocate, reallocate_inplace, usable_size, destroy, NULL, NULL, NULL,
};

allomorph_allocator* allomorph_bump(allomorph_allocator* behind, size_t chunk) {
  struct bump* self = allomorph_map_pages(sizeof *self);
  if (self == NULL) return NULL;
  self->head.functions = &functions;
  self->behind = behind;
  self->chunk_size = chunk;
  return &self->head;
}

void allomorph_bump_reset(allomorph_allocator* self) {
  spinlock_lock(&of(self)->lock);
  rewind_all(of(self));
  spinlock_unlock(&of(self)->lock);
}

size_t allomorph_bump_held(const allomorph_allocator* self) {
  return atomic_load_explicit(&((const struct bump*)self)->held, memory_order_relaxed);
}
