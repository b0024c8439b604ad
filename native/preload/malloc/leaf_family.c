#include <string.h>

#include "leaf.h"

static struct family leaf;

static uint8_t* allocate(allomorph_allocator* self, size_t size, size_t align) {
  (void)self;
  return align <= least_align && align <= size ? leaf.malloc(size) : leaf.memalign(align, size);
}

static void deallocate(allomorph_allocator* self, uint8_t* p, size_t old_size, size_t align) {
  (void)self;
  (void)old_size;
  (void)align;
  leaf.free(p);
}

static uint8_t* reallocate(allomorph_allocator* self, uint8_t* p, size_t old_size, size_t size,
                           size_t align) {
  if (align <= least_align && align <= size) return leaf.realloc(p, size);
  uint8_t* moved = allocate(self, size, align);
  if (moved == NULL) return NULL;
  memcpy(moved, p, old_size < size ? old_size : size);
  leaf.free(p);
  return moved;
}

/* No malloc family can be asked to resize a block and leave it where it is. */
static size_t reallocate_inplace(allomorph_allocator* self, uint8_t* p, size_t old_size,
                                 size_t size, size_t align) {
  (void)self;
  (void)p;
  (void)size;
  (void)align;
  return old_size;
}

/* Nor what it would give for a size that it has not been asked for. */
static size_t usable_size(allomorph_allocator* self, size_t size, size_t align) {
  (void)self;
  (void)align;
  return size;
}

static void destroy(allomorph_allocator* self) {
  (void)self;
}

static const allomorph_functions functions = {
    allocate, deallocate, reallocate, reallocate_inplace, usable_size, destroy,
};

static allomorph_allocator self = {&functions};

allomorph_allocator* family_leaf(const struct family* family) {
  leaf = *family;
  return &self;
}
