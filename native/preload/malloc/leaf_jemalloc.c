#include "leaf.h"

static struct jemalloc leaf;

/* MALLOCX_LG_ALIGN is the logarithm itself; its classes are naturally aligned to 16 from there on.
 */
static int flags_for(size_t size, size_t align) {
  return align <= least_align && align <= size ? 0 : __builtin_ctzll(align);
}

static uint8_t* allocate(allomorph_allocator* self, size_t size, size_t align) {
  (void)self;
  return leaf.mallocx(size, flags_for(size, align));
}

static void deallocate(allomorph_allocator* self, uint8_t* p, size_t old_size, size_t align) {
  (void)self;
  leaf.sdallocx(p, old_size, flags_for(old_size, align));
}

static uint8_t* reallocate(allomorph_allocator* self, uint8_t* p, size_t old_size, size_t size,
                           size_t align) {
  (void)self;
  (void)old_size;
  return leaf.rallocx(p, size, flags_for(size, align));
}

static size_t reallocate_inplace(allomorph_allocator* self, uint8_t* p, size_t old_size,
                                 size_t size, size_t align) {
  (void)self;
  (void)old_size;
  return leaf.xallocx(p, size, 0, flags_for(size, align));
}

/* 0 of nallocx: no such block can exist. */
static size_t usable_size(allomorph_allocator* self, size_t size, size_t align) {
  (void)self;
  const size_t usable = leaf.nallocx(size, flags_for(size, align));
  return usable > size ? usable : size;
}

static void destroy(allomorph_allocator* self) {
  (void)self;
}

static const allomorph_functions functions = {
    allocate, deallocate, reallocate, reallocate_inplace, usable_size, destroy, NULL, NULL, NULL,
};

static allomorph_allocator self = {&functions};

allomorph_allocator* jemalloc_leaf(const struct jemalloc* jemalloc) {
  leaf = *jemalloc;
  return &self;
}
