#include "blocks.h"

#include <string.h>

enum { records_size = 1 << 16, first_capacity = 1 << 10, longest_text = 4000 };

static size_t slot_of(const struct block_table* table, uintptr_t address) {
  /* Fibonacci hashing: the low bits of addresses are alike. */
  const uint64_t mixed = (uint64_t)address * UINT64_C(0x9e3779b97f4a7c15);
  return (size_t)(mixed >> 20) & (table->capacity - 1);
}

static void put(struct block_table* table, struct block* block) {
  size_t slot = slot_of(table, (uintptr_t)block->address);
  while (table->slots[slot] != NULL) slot = (slot + 1) & (table->capacity - 1);
  table->slots[slot] = block;
}

static bool make_room(struct block_table* table) {
  if (table->count * 2 < table->capacity) return true;
  struct block_table larger = {NULL, table->capacity == 0 ? first_capacity : table->capacity * 2,
                               table->count};
  larger.slots = allomorph_map_pages(larger.capacity * sizeof *larger.slots);
  if (larger.slots == NULL) return false;
  for (size_t slot = 0; slot < table->capacity; slot++) {
    if (table->slots[slot] != NULL) put(&larger, table->slots[slot]);
  }
  if (table->slots != NULL) {
    allomorph_unmap_pages(table->slots, table->capacity * sizeof *table->slots);
  }
  *table = larger;
  return true;
}

static size_t record_size(const struct checked* self) {
  return sizeof(struct block) + 2 * (size_t)self->options.frames * sizeof(uintptr_t);
}

static struct block* take_record(struct checked* self) {
  if (self->free_records == NULL) {
    struct record_pages* pages = allomorph_map_pages(records_size);
    if (pages == NULL) return NULL;
    pages->next = self->records;
    self->records = pages;
    const size_t size = record_size(self);
    for (size_t at = sizeof *pages; at + size <= records_size; at += size) {
      recycle_record(self, (struct block*)((uint8_t*)pages + at));
    }
  }
  struct block* record = self->free_records;
  self->free_records = record->next;
  return record;
}

struct block* add_block(struct checked* self, const struct block* like) {
  if (!make_room(&self->table)) return NULL;
  struct block* block = take_record(self);
  if (block == NULL) return NULL;
  memcpy(block, like, sizeof *block);
  put(&self->table, block);
  self->table.count++;
  return block;
}

void remove_block(struct checked* self, struct block* block) {
  struct block_table* table = &self->table;
  const size_t mask = table->capacity - 1;
  size_t hole = slot_of(table, (uintptr_t)block->address);
  while (table->slots[hole] != block) hole = (hole + 1) & mask;
  /* What stands behind moves up, unless its own place lies between the hole and it. */
  for (size_t slot = (hole + 1) & mask; table->slots[slot] != NULL; slot = (slot + 1) & mask) {
    const size_t own = slot_of(table, (uintptr_t)table->slots[slot]->address);
    if (((slot - own) & mask) < ((slot - hole) & mask)) continue;
    table->slots[hole] = table->slots[slot];
    hole = slot;
  }
  table->slots[hole] = NULL;
  table->count--;
}

void recycle_record(struct checked* self, struct block* block) {
  block->next = self->free_records;
  self->free_records = block;
}

struct block* find_block(const struct checked* self, uintptr_t address) {
  const struct block_table* table = &self->table;
  if (table->capacity == 0) return NULL;
  size_t slot = slot_of(table, address);
  while (table->slots[slot] != NULL && (uintptr_t)table->slots[slot]->address != address) {
    slot = (slot + 1) & (table->capacity - 1);
  }
  return table->slots[slot];
}

struct block* find_around(const struct checked* self, uintptr_t address) {
  size_t position = 0;
  struct block* block;
  while ((block = next_block(self, &position)) != NULL) {
    if (address - (uintptr_t)block->base < block->base_size) return block;
  }
  return NULL;
}

struct block* next_block(const struct checked* self, size_t* position) {
  while (*position < self->table.capacity) {
    struct block* block = self->table.slots[(*position)++];
    if (block != NULL) return block;
  }
  return NULL;
}

const char* keep_text(struct checked* self, const char* text, size_t length) {
  if (length > longest_text) return NULL;
  if (self->places == NULL || self->places_used + length + 1 > records_size) {
    struct record_pages* pages = allomorph_map_pages(records_size);
    if (pages == NULL) return NULL;
    pages->next = self->places;
    self->places = pages;
    self->places_used = sizeof *pages;
  }
  char* copy = (char*)self->places + self->places_used;
  memcpy(copy, text, length);
  copy[length] = 0;
  self->places_used += length + 1;
  return copy;
}

static void free_pages(struct record_pages* pages) {
  while (pages != NULL) {
    struct record_pages* next = pages->next;
    allomorph_unmap_pages(pages, records_size);
    pages = next;
  }
}

void free_blocks(struct checked* self) {
  if (self->table.slots != NULL) {
    allomorph_unmap_pages(self->table.slots, self->table.capacity * sizeof *self->table.slots);
  }
  free_pages(self->records);
  free_pages(self->places);
}
