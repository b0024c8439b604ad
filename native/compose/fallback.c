#include "compose/fallback.h"

#include <string.h>

#include "compose/address_set.h"
#include "platform/pages.h"

struct fallback {
  allomorph_allocator head;
  allomorph_allocator* first;
  allomorph_allocator* second;
  /* The live blocks of `second`. A block that is given to it leaves the set before: from the call
     on, its address may be another thread's new block. */
  address_set of_second;
};

static struct fallback* of(allomorph_allocator* self) {
  return (struct fallback*)self;
}

static size_t least(size_t left, size_t right) {
  return left < right ? left : right;
}

/*
 * Sound for an owner whose own is larger: whatever lies between a size and its smaller usable size
 * lies between it and its larger one.
 */
static size_t usable_size(allomorph_allocator* self, size_t size, size_t align) {
  return least(allomorph_usable_size(of(self)->first, size, align),
               allomorph_usable_size(of(self)->second, size, align));
}

static uint8_t* allocate_from_second(struct fallback* self, size_t size, size_t align) {
  if (!address_set_reserve(&self->of_second)) return NULL;
  uint8_t* ptr = allomorph_allocate(self->second, size, align);
  if (ptr == NULL) {
    address_set_cancel(&self->of_second);
  } else {
    address_set_add(&self->of_second, ptr);
  }
  return ptr;
}

static uint8_t* allocate(allomorph_allocator* self, size_t size, size_t align) {
  uint8_t* ptr = allomorph_allocate(of(self)->first, size, align);
  return ptr != NULL ? ptr : allocate_from_second(of(self), size, align);
}

static void deallocate(allomorph_allocator* self, uint8_t* ptr, size_t old_size, size_t align) {
  if (!address_set_take(&of(self)->of_second, ptr)) {
    allomorph_deallocate(of(self)->first, ptr, old_size, align);
    return;
  }
  address_set_cancel(&of(self)->of_second);
  allomorph_deallocate(of(self)->second, ptr, old_size, align);
}

static uint8_t* reallocate_in_second(struct fallback* self, uint8_t* ptr, size_t old_size,
                                     size_t size, size_t align) {
  uint8_t* moved = allomorph_reallocate(self->second, ptr, old_size, size, align);
  if (moved != NULL) {
    address_set_add(&self->of_second, moved);
    return moved;
  }
  moved = allomorph_allocate(self->first, size, align);
  if (moved == NULL) {
    address_set_add(&self->of_second, ptr);
    return NULL;
  }
  memcpy(moved, ptr, least(old_size, size));
  address_set_cancel(&self->of_second);
  allomorph_deallocate(self->second, ptr, old_size, align);
  return moved;
}

static uint8_t* reallocate(allomorph_allocator* self, uint8_t* ptr, size_t old_size, size_t size,
                           size_t align) {
  struct fallback* fallback = of(self);
  if (address_set_take(&fallback->of_second, ptr)) {
    return reallocate_in_second(fallback, ptr, old_size, size, align);
  }
  uint8_t* moved = allomorph_reallocate(fallback->first, ptr, old_size, size, align);
  if (moved != NULL) return moved;
  moved = allocate_from_second(fallback, size, align);
  if (moved == NULL) return NULL;
  memcpy(moved, ptr, least(old_size, size));
  allomorph_deallocate(fallback->first, ptr, old_size, align);
  return moved;
}

static size_t reallocate_inplace(allomorph_allocator* self, uint8_t* ptr, size_t old_size,
                                 size_t size, size_t align) {
  struct fallback* fallback = of(self);
  allomorph_allocator* owner =
      address_set_has(&fallback->of_second, ptr) ? fallback->second : fallback->first;
  const size_t before = usable_size(self, old_size, align);
  const size_t now = allomorph_reallocate_inplace(owner, ptr, old_size, size, align);
  if (now < size) return before;
  /* Nothing was done: what the block had is reported as usable_size does. */
  const bool unchanged = now == allomorph_usable_size(owner, old_size, align);
  return unchanged && size <= before ? before : now;
}

static void destroy(allomorph_allocator* self) {
  address_set_clear(&of(self)->of_second);
  allomorph_unmap_pages(self, sizeof(struct fallback));
}

static const allomorph_functions functions = {
    allocate, deallocate, reallocate, reallocate_inplace, usable_size, destroy, NULL, NULL, NULL,
};

allomorph_allocator* allomorph_fallback(allomorph_allocator* first, allomorph_allocator* second) {
  struct fallback* self = allomorph_map_pages(sizeof *self);
  if (self == NULL) return NULL;
  self->head.functions = &functions;
  self->first = first;
  self->second = second;
  return &self->head;
}
