#include "compose/failing.h"

#include <stdatomic.h>
#include <stdbool.h>

#include "platform/pages.h"

struct failing {
  allomorph_allocator head;
  allomorph_allocator* behind;
  uint64_t after;
  double probability;
  uint64_t seed;
  _Atomic uint64_t calls;
  _Atomic uint64_t failed;
};

static struct failing* of(allomorph_allocator* self) {
  return (struct failing*)self;
}

/* The number at a place of the sequence, 0 to below 1. splitmix64: Steele, Lea and Flood, OOPSLA
   2014; its state only counts up, so that threads need to share nothing but the place. */
static double number_at(uint64_t seed, uint64_t place) {
  uint64_t mixed = seed + (place + 1) * UINT64_C(0x9E3779B97F4A7C15);
  mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94D049BB133111EB);
  mixed ^= mixed >> 31;
  return (double)(mixed >> 11) * 0x1p-53;
}

static bool fails(struct failing* self) {
  const uint64_t place = atomic_fetch_add_explicit(&self->calls, 1, memory_order_relaxed);
  if (place < self->after && number_at(self->seed, place) >= self->probability) return false;
  atomic_fetch_add_explicit(&self->failed, 1, memory_order_relaxed);
  return true;
}

static uint8_t* allocate(allomorph_allocator* self, size_t size, size_t align) {
  return fails(of(self)) ? NULL : allomorph_allocate(of(self)->behind, size, align);
}

static void deallocate(allomorph_allocator* self, uint8_t* ptr, size_t old_size, size_t align) {
  allomorph_deallocate(of(self)->behind, ptr, old_size, align);
}

static uint8_t* reallocate(allomorph_allocator* self, uint8_t* ptr, size_t old_size, size_t size,
                           size_t align) {
  return fails(of(self)) ? NULL
                         : allomorph_reallocate(of(self)->behind, ptr, old_size, size, align);
}

static size_t reallocate_inplace(allomorph_allocator* self, uint8_t* ptr, size_t old_size,
                                 size_t size, size_t align) {
  return allomorph_reallocate_inplace(of(self)->behind, ptr, old_size, size, align);
}

static size_t usable_size(allomorph_allocator* self, size_t size, size_t align) {
  return allomorph_usable_size(of(self)->behind, size, align);
}

static void destroy(allomorph_allocator* self) {
  allomorph_unmap_pages(self, sizeof(struct failing));
}

static allomorph_allocator* behind_of(allomorph_allocator* self) {
  return of(self)->behind;
}

static const allomorph_functions functions = {
    allocate, deallocate, reallocate, reallocate_inplace, usable_size, destroy,
    NULL,     behind_of,  NULL,
};

allomorph_allocator* allomorph_failing(allomorph_allocator* behind, uint64_t after,
                                       double probability, uint64_t seed) {
  struct failing* self = allomorph_map_pages(sizeof *self);
  if (self == NULL) return NULL;
  self->head.functions = &functions;
  self->behind = behind;
  self->after = after;
  self->probability = probability;
  self->seed = seed;
  return &self->head;
}

bool allomorph_is_failing(const allomorph_allocator* self) {
  return self->functions == &functions;
}

uint64_t allomorph_failing_count(const allomorph_allocator* self) {
  return atomic_load_explicit(&((const struct failing*)self)->failed, memory_order_relaxed);
}
