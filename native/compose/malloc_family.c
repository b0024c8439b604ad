#include "compose/malloc_family.h"

#include <string.h>

#include "platform/min_align.h"
#include "platform/pages.h"

struct family_allocator {
  allomorph_allocator head;
  allomorph_malloc_family family;
};

static const allomorph_malloc_family* family_of(allomorph_allocator* self) {
  return &((struct family_allocator*)self)->family;
}

/* The second half cures rust-lang/rust PR 46117: a malloc may align a block of 8 bytes to 8 only.
 */
static int is_naturally_aligned(size_t size, size_t align) {
  return align <= ALLOMORPH_MIN_ALIGN && align <= size;
}

static void* ask_aligned(const allomorph_malloc_family* family, size_t size, size_t align) {
  if (family->posix_memalign != NULL) {
    void* block = NULL;
    return family->posix_memalign(&block, align, size) == 0 ? block : NULL;
  }
  if (family->memalign != NULL) return family->memalign(align, size);
  /* C11 wants a multiple of the alignment. */
  if (size > SIZE_MAX - (align - 1)) return NULL;
  return family->aligned_alloc(align, (size + align - 1) & ~(align - 1));
}

static int is_power_of_two(size_t value) {
  return (value & (value - 1)) == 0;
}

static void* allocate_aligned(const allomorph_malloc_family* family, size_t size, size_t align) {
  /* posix_memalign refuses alignments below the size of a pointer. */
  if (align < sizeof(void*)) align = sizeof(void*);
  void* block = ask_aligned(family, size, align);
  if (((uintptr_t)block & (align - 1)) == 0) return block;
  /* mimalloc 2.0.9 takes blocks whose size is a power of two for naturally aligned, and gives 256
     bytes aligned to 128 for an alignment of 256. Any other size takes another way there. */
  family->free(block);
  size_t roomy = size + align;
  if (is_power_of_two(roomy)) roomy += align / 2;
  if (roomy < size) return NULL;
  block = ask_aligned(family, roomy, align);
  if (((uintptr_t)block & (align - 1)) == 0) return block;
  family->free(block);
  return NULL;
}

static uint8_t* allocate(allomorph_allocator* self, size_t size, size_t align) {
  const allomorph_malloc_family* family = family_of(self);
  return is_naturally_aligned(size, align) ? family->malloc(size)
                                           : allocate_aligned(family, size, align);
}

static void deallocate(allomorph_allocator* self, uint8_t* ptr, size_t old_size, size_t align) {
  (void)old_size;
  (void)align;
  family_of(self)->free(ptr);
}

static uint8_t* reallocate(allomorph_allocator* self, uint8_t* ptr, size_t old_size, size_t size,
                           size_t align) {
  const allomorph_malloc_family* family = family_of(self);
  if (is_naturally_aligned(size, align)) return family->realloc(ptr, size);
  /* Deliberately not realloc followed by re-alignment: that moved the content relative to the new
     address (rust-lang/rust issue 42025). */
  uint8_t* moved = allocate_aligned(family, size, align);
  if (moved == NULL) return NULL;
  memcpy(moved, ptr, old_size < size ? old_size : size);
  family->free(ptr);
  return moved;
}

static size_t reallocate_inplace(allomorph_allocator* self, uint8_t* ptr, size_t old_size,
                                 size_t size, size_t align) {
  (void)self;
  (void)ptr;
  (void)size;
  (void)align;
  return old_size;
}

static size_t usable_size(allomorph_allocator* self, size_t size, size_t align) {
  (void)self;
  (void)align;
  return size;
}

static void destroy(allomorph_allocator* self) {
  allomorph_unmap_pages(self, sizeof(struct family_allocator));
}

static const allomorph_functions functions = {
    allocate, deallocate, reallocate, reallocate_inplace, usable_size, destroy, NULL, NULL, NULL,
};

allomorph_allocator* allomorph_malloc_family_allocator(const allomorph_malloc_family* family) {
  struct family_allocator* self = allomorph_map_pages(sizeof *self);
  if (self == NULL) return NULL;
  self->head.functions = &functions;
  self->family = *family;
  return &self->head;
}
