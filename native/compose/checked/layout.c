#include "layout.h"

/* So much is checked before a block whose alignment leaves more. */
enum { most_checked_before = 4096, least_redzone = 16, largest_redzone = 256 };

static size_t rounded_up(size_t size, size_t unit) {
  return (size + unit - 1) & ~(unit - 1);
}

static uint8_t log2_of(size_t power) {
  uint8_t log2 = 0;
  while (((size_t)1 << log2) < power) log2++;
  return log2;
}

static bool is_possible(struct block* block, size_t size, size_t align) {
  block->size = size;
  block->align_log2 = log2_of(align);
  return size <= SIZE_MAX / 4 && align <= SIZE_MAX / 8;
}

/* An eighth of the block: large blocks are overrun further. */
static size_t redzone_of(size_t size) {
  const size_t wanted = rounded_up(size / 8, least_redzone);
  if (wanted < least_redzone) return least_redzone;
  return wanted > largest_redzone ? largest_redzone : wanted;
}

/* Until place_block: offsets from the base. */
static uint8_t* at(size_t offset) {
  return (uint8_t*)offset;
}

bool lay_out_poisoned(struct block* block, size_t size, size_t align) {
  if (!is_possible(block, size, align)) return false;
  const size_t redzone = redzone_of(size);
  const size_t before = rounded_up(redzone, align);
  block->base_align_log2 = log2_of(align < least_redzone ? least_redzone : align);
  block->base_size = rounded_up(before + size + redzone, least_redzone);
  block->address = at(before);
  block->low = at(before > most_checked_before ? before - most_checked_before : 0);
  block->high = at(block->base_size);
  return true;
}

bool lay_out_guarded(struct block* block, size_t size, size_t align) {
  if (!is_possible(block, size, align)) return false;
  const size_t page = allomorph_page_size();
  const size_t unit = align > page ? align : page;
  const size_t end = unit + rounded_up(size, page);
  block->base_align_log2 = log2_of(unit);
  block->base_size = end + page;
  const size_t address = (end - size) & ~(align - 1);
  block->address = at(address);
  block->low = at(unit);
  block->high = at(end);
  return true;
}

void place_block(struct block* block, uint8_t* base) {
  block->base = base;
  block->address = base + (size_t)block->address;
  block->low = base + (size_t)block->low;
  block->high = base + (size_t)block->high;
}

bool forbid_guards(const struct block* block) {
  const size_t behind = (size_t)(block->base + block->base_size - block->high);
  return allomorph_forbid_pages(block->base, (size_t)(block->low - block->base)) == 0 &&
         allomorph_forbid_pages(block->high, behind) == 0;
}
