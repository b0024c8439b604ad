#include "free_index.h"

namespace {

unsigned exponent_of(std::size_t size) {
  return 63U - static_cast<unsigned>(__builtin_clzll(size));
}

unsigned first_bit(std::uint32_t bits) {
  return static_cast<unsigned>(__builtin_ctz(bits));
}

}  // namespace

FreeIndex::Place FreeIndex::place_of(std::size_t size) {
  unsigned exponent = exponent_of(size);
  if (exponent < first_exponent) return {0, static_cast<unsigned>(size / granule)};
  auto range = static_cast<unsigned>(size >> (exponent - range_bits)) & (ranges - 1);
  return {exponent - first_exponent + 1, range};
}

void FreeIndex::add(Block* block) {
  auto [row, range] = place_of(block->size());
  Block*& list = lists[row][range];
  block->previous_free = nullptr;
  block->next_free = list;
  if (list != nullptr) list->previous_free = block;
  list = block;
  used_ranges[row] |= 1U << range;
  used_rows |= 1U << row;
}

void FreeIndex::remove(Block* block) {
  if (block->next_free != nullptr) block->next_free->previous_free = block->previous_free;
  if (block->previous_free != nullptr) {
    block->previous_free->next_free = block->next_free;
    return;
  }
  auto [row, range] = place_of(block->size());
  lists[row][range] = block->next_free;
  if (block->next_free != nullptr) return;
  used_ranges[row] &= ~(1U << range);
  if (used_ranges[row] == 0) used_rows &= ~(1U << row);
}

Block* FreeIndex::find(std::size_t size) const {
  unsigned exponent = exponent_of(size);
  // To the start of the next range, unless it is one.
  if (exponent >= first_exponent) size += (std::size_t{1} << (exponent - range_bits)) - 1;
  if (size > largest) return nullptr;
  auto [row, range] = place_of(size);
  std::uint32_t in_row = used_ranges[row] & (~0U << range);
  if (in_row == 0) {
    std::uint32_t above = used_rows & (~0U << (row + 1));
    if (above == 0) return nullptr;
    row = first_bit(above);
    in_row = used_ranges[row];
  }
  return lists[row][first_bit(in_row)];
}
