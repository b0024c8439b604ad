#include "compose/segregated.h"

#include <string.h>

#include "platform/pages.h"

/*
 * Who owns a block is told by its size alone. So every old_size that a caller may pass, from what
 * was asked for up to the usable size, has to lie on the same side of the threshold: small blocks
 * say that they end there, large ones are never shrunk below it.
 */
struct segregated {
  allomorph_allocator head;
  size_t threshold;
  allomorph_allocator* small;
  allomorph_allocator* large;
};

static struct segregated* of(allomorph_allocator* self) {
  return (struct segregated*)self;
}

static allomorph_allocator* owner(const struct segregated* self, size_t size) {
  return size <= self->threshold ? self->small : self->large;
}

static size_t least(size_t left, size_t right) {
  return left < right ? left : right;
}

static size_t usable_size(allomorph_allocator* self, size_t size, size_t align) {
  const struct segregated* segregated = of(self);
  const size_t usable = allomorph_usable_size(owner(segregated, size), size, align);
  return size <= segregated->threshold ? least(usable, segregated->threshold) : usable;
}

static uint8_t* allocate(allomorph_allocator* self, size_t size, size_t align) {
  return allomorph_allocate(owner(of(self), size), size, align);
}

static void deallocate(allomorph_allocator* self, uint8_t* ptr, size_t old_size, size_t align) {
  allomorph_deallocate(owner(of(self), old_size), ptr, old_size, align);
}

static uint8_t* reallocate(allomorph_allocator* self, uint8_t* ptr, size_t old_size, size_t size,
                           size_t align) {
  allomorph_allocator* from = owner(of(self), old_size);
  allomorph_allocator* to = owner(of(self), size);
  if ((old_size <= of(self)->threshold) == (size <= of(self)->threshold)) {
    return allomorph_reallocate(from, ptr, old_size, size, align);
  }
  uint8_t* moved = allomorph_allocate(to, size, align);
  if (moved == NULL) return NULL;
  memcpy(moved, ptr, least(old_size, size));
  allomorph_deallocate(from, ptr, old_size, align);
  return moved;
}

static size_t reallocate_inplace(allomorph_allocator* self, uint8_t* ptr, size_t old_size,
                                 size_t size, size_t align) {
  const size_t threshold = of(self)->threshold;
  if (old_size > threshold) {
    const size_t kept = size > threshold ? size : threshold + 1;
    return allomorph_reallocate_inplace(of(self)->large, ptr, old_size, kept, align);
  }
  if (size > threshold) return usable_size(self, old_size, align);
  return least(allomorph_reallocate_inplace(of(self)->small, ptr, old_size, size, align),
               threshold);
}

static void destroy(allomorph_allocator* self) {
  allomorph_unmap_pages(self, sizeof(struct segregated));
}

static const allomorph_functions functions = {
    allocate, deallocate, reallocate, reallocate_inplace, usable_size, destroy, NULL, NULL, NULL,
};

allomorph_allocator* allomorph_segregated(size_t threshold, allomorph_allocator* small,
                                          allomorph_allocator* large) {
  struct segregated* self = allomorph_map_pages(sizeof *self);
  if (self == NULL) return NULL;
  self->head.functions = &functions;
  self->threshold = threshold;
  self->small = small;
  self->large = large;
  return &self->head;
}
