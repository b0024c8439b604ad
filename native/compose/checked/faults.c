#include "faults.h"

#include <stdlib.h>
#include <string.h>

#include "blocks.h"
#include "memory.h"
#include "platform/diagnostic.h"

enum { text_size = 8192 };

static allomorph_fault_kind kind_of_claim(const struct block* block, size_t old_size,
                                          size_t align) {
  if (block->state != block_live) return allomorph_fault_double_free;
  if (align != block_align(block)) return allomorph_fault_wrong_alignment;
  return old_size == block->size ? allomorph_fault_none : allomorph_fault_wrong_size;
}

struct block* judge(struct checked* self, uintptr_t address, size_t old_size, size_t align,
                    allomorph_fault* fault) {
  memset(fault, 0, sizeof *fault);
  fault->address = address;
  fault->old_size = old_size;
  fault->align = align;
  fault->value = -1;
  struct block* block = find_block(self, address);
  if (block == NULL) {
    const struct block* around = find_around(self, address);
    fault->kind = around == NULL ? allomorph_fault_unknown : allomorph_fault_inside;
    if (around != NULL) {
      fault->offset = (int64_t)(address - (uintptr_t)around->address);
      describe_block(self, around, &fault->block);
    }
    return NULL;
  }
  fault->kind = kind_of_claim(block, old_size, align);
  if (fault->kind == allomorph_fault_none && !block->was_reported) {
    check_memory(self, block, fault);
  }
  if (fault->kind != allomorph_fault_none) describe_block(self, block, &fault->block);
  return block->state == block_live ? block : NULL;
}

bool is_damage(allomorph_fault_kind kind) {
  return kind == allomorph_fault_overflow || kind == allomorph_fault_underflow;
}

void describe_block(const struct checked* self, const struct block* block,
                    allomorph_checked_block* result) {
  const uintptr_t* freed = block->frames + self->options.frames;
  result->address = (uintptr_t)block->address;
  result->size = block->size;
  result->align = block_align(block);
  result->header = header_size(self, block);
  result->is_freed = block->state != block_live;
  result->allocated_count = block->allocated_count;
  result->freed_count = block->freed_count;
  result->allocated_place = block->allocated_place;
  result->freed_place = block->freed_place;
  memcpy(result->allocated, block->frames, block->allocated_count * sizeof *block->frames);
  memcpy(result->freed, freed, block->freed_count * sizeof *freed);
}

/* The oldest fault makes room: what happens now is asked about next. */
static void remember(struct checked* self, const allomorph_fault* fault) {
  if (self->remembered_count == remembered_faults) {
    self->remembered_first = (self->remembered_first + 1) % remembered_faults;
    self->remembered_count--;
  }
  const size_t last = self->remembered_first + self->remembered_count++;
  self->remembered[last % remembered_faults] = *fault;
}

void deliver_fault(struct checked* self, const allomorph_fault* fault) {
  const bool is_kept = self->options.on_fault == allomorph_on_fault_remember;
  checked_lock(self);
  self->stats.faults++;
  if (is_kept) remember(self, fault);
  checked_unlock(self);
  if (!is_kept) report_fault(self, fault);
}

void report_fault(const struct checked* self, const allomorph_fault* fault) {
  char text[text_size];
  allomorph_diagnostic_write(self->options.report_fd, text,
                             allomorph_fault_text(fault, text, sizeof text));
  if (self->options.on_fault == allomorph_on_fault_abort) abort();
}

bool allomorph_checked_fault(allomorph_allocator* allocator, allomorph_fault* fault) {
  struct checked* self = checked_of(allocator);
  checked_lock(self);
  const bool found = self->remembered_count != 0;
  if (found) {
    *fault = self->remembered[self->remembered_first];
    self->remembered_first = (self->remembered_first + 1) % remembered_faults;
    self->remembered_count--;
  }
  checked_unlock(self);
  return found;
}
