#include "compose/table.h"

#include "platform/pages.h"

struct table_allocator {
  allomorph_allocator head;
  const allomorph_abi* table;
  allomorph_allocator* first;
};

static const allomorph_abi* table_of(allomorph_allocator* self) {
  return ((struct table_allocator*)self)->table;
}

static uint8_t* allocate(allomorph_allocator* self, size_t size, size_t align) {
  return table_of(self)->allocate(size, align);
}

static void deallocate(allomorph_allocator* self, uint8_t* ptr, size_t old_size, size_t align) {
  table_of(self)->deallocate(ptr, old_size, align);
}

static uint8_t* reallocate(allomorph_allocator* self, uint8_t* ptr, size_t old_size, size_t size,
                           size_t align) {
  return table_of(self)->reallocate(ptr, old_size, size, align);
}

static size_t reallocate_inplace(allomorph_allocator* self, uint8_t* ptr, size_t old_size,
                                 size_t size, size_t align) {
  return table_of(self)->reallocate_inplace(ptr, old_size, size, align);
}

static size_t usable_size(allomorph_allocator* self, size_t size, size_t align) {
  return table_of(self)->usable_size(size, align);
}

static void destroy(allomorph_allocator* self) {
  allomorph_unmap_pages(self, sizeof(struct table_allocator));
}

static allomorph_allocator* behind_of(allomorph_allocator* self) {
  return ((struct table_allocator*)self)->first;
}

static const allomorph_functions functions = {
    allocate, deallocate, reallocate, reallocate_inplace, usable_size, destroy,
    NULL,     behind_of,  NULL,
};

allomorph_allocator* allomorph_table_allocator(const allomorph_abi* table) {
  return allomorph_table_allocator_to(table, NULL);
}

allomorph_allocator* allomorph_table_allocator_to(const allomorph_abi* table,
                                                  allomorph_allocator* first) {
  struct table_allocator* self = allomorph_map_pages(sizeof *self);
  if (self == NULL) return NULL;
  self->head.functions = &functions;
  self->table = table;
  self->first = first;
  return &self->head;
}
