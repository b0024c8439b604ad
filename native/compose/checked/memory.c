#include "memory.h"

#include <string.h>

#include "layout.h"
#include "platform/memory_fault.h"
#include "sampling.h"

/* The first byte that is another one; `size` when there is none. */
static size_t first_other(const uint8_t* bytes, size_t size, uint8_t expected) {
  if (size == 0 || (bytes[0] == expected && memcmp(bytes, bytes + 1, size - 1) == 0)) return size;
  size_t at = 0;
  while (bytes[at] == expected) at++;
  return at;
}

/* The last one, for what lies before a block: the write closest to it. */
static size_t last_other(const uint8_t* bytes, size_t size, uint8_t expected) {
  if (first_other(bytes, size, expected) == size) return size;
  size_t at = size - 1;
  while (bytes[at] == expected) at--;
  return at;
}

static bool obtain_from_behind(struct checked* self, struct block* block) {
  uint8_t* base =
      allomorph_allocate(self->behind, block->base_size, (size_t)1 << block->base_align_log2);
  if (base != NULL) place_block(block, base);
  return base != NULL;
}

static void give_back(struct checked* self, const struct block* block) {
  allomorph_deallocate(self->behind, block->base, block->base_size,
                       (size_t)1 << block->base_align_log2);
}

/* False: as if it had not been asked; without guards there may be memory. `is_refused`: what is
   behind has given none. */
static bool obtain_guarded(struct checked* self, struct block* block, size_t size, size_t align,
                           bool* is_refused) {
  if (!lay_out_guarded(block, size, align)) return false;
  if (!reserve_guards()) {
    tell_exhaustion(self);
    return false;
  }
  *is_refused = !obtain_from_behind(self, block);
  if (!*is_refused) {
    const bool is_aligned = (uintptr_t)block->base % allomorph_page_size() == 0;
    block->is_guarded = is_aligned && forbid_guards(block);
    if (block->is_guarded) {
      /* Whoever has replaced the handler since, as Node does at its start, would not tell. */
      allomorph_keep_memory_fault();
      return true;
    }
    if (is_aligned)
      tell_exhaustion(self);
    else
      tell_misalignment(self);
    if (!is_aligned || allomorph_permit_pages(block->base, block->base_size) == 0) {
      give_back(self, block);
    }
  }
  return_guards();
  return false;
}

/* False: the system refused. */
static bool take_down_guards(const struct block* block) {
  if (allomorph_permit_pages(block->base, block->base_size) != 0) return false;
  return_guards();
  return true;
}

bool obtain_memory(struct checked* self, struct block* block, size_t size, size_t align) {
  bool is_refused = false;
  const bool is_guarded =
      wants_guards(self) && obtain_guarded(self, block, size, align, &is_refused);
  /* A failure that was made on purpose has to be one. */
  if (is_refused && self->is_failing) return false;
  if (!is_guarded && !(lay_out_poisoned(block, size, align) && obtain_from_behind(self, block))) {
    return false;
  }
  memset(block->low, redzone_byte, (size_t)(block->address - block->low));
  memset(block->address, fresh_byte, size);
  memset(block->address, redzone_byte, padding_size(self, block));
  shrink_memory(block, size);
  return true;
}

void release_memory(struct checked* self, const struct block* block) {
  /* Pages that stay inaccessible must not be handed out again: then they are lost. */
  if (block->is_guarded && !take_down_guards(block)) return;
  give_back(self, block);
}

void retire_memory(const struct block* block) {
  if (block->is_guarded) {
    /* Three mappings become one: what the system may refuse is more of them, never fewer. */
    allomorph_forbid_pages(block->base, block->base_size);
  } else {
    memset(block->address, freed_byte, block->size);
  }
}

void shrink_memory(struct block* block, size_t size) {
  block->size = size;
  uint8_t* end = block->address + size;
  memset(end, redzone_byte, (size_t)(block->high - end));
}

static bool found(allomorph_fault* fault, allomorph_fault_kind kind, const struct block* block,
                  const uint8_t* at) {
  fault->kind = kind;
  fault->offset = at - block->address;
  fault->value = *at;
  fault->address = (uintptr_t)at;
  return false;
}

bool check_memory(const struct checked* self, const struct block* block, allomorph_fault* fault) {
  /* It cannot have been written to, nor be read. */
  if (block->is_guarded && block->state == block_freed) return true;
  if (block->state == block_freed) {
    const size_t at = first_other(block->address, block->size, freed_byte);
    if (at != block->size) {
      return found(fault, allomorph_fault_use_after_free, block, block->address + at);
    }
  }
  const uint8_t* end = block->address + block->size;
  const size_t after = (size_t)(block->high - end);
  const size_t right = first_other(end, after, redzone_byte);
  if (right != after) return found(fault, allomorph_fault_overflow, block, end + right);
  const size_t padding = block->state == block_freed ? 0 : padding_size(self, block);
  const size_t closest = last_other(block->address, padding, redzone_byte);
  if (closest != padding) {
    return found(fault, allomorph_fault_underflow, block, block->address + closest);
  }
  const size_t before = (size_t)(block->address - block->low);
  const size_t left = last_other(block->low, before, redzone_byte);
  if (left != before) return found(fault, allomorph_fault_underflow, block, block->low + left);
  return true;
}
