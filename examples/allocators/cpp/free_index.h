// Free blocks by size, found in constant time: a list for each of 32 ranges within each doubling, a
// bit for each list that has blocks, a bit for each doubling that has lists. (M. Masmano, I.
// Ripoll, A. Crespo, J. Real: "TLSF: a new dynamic memory allocator for real-time systems", 2004.)
#pragma once

#include "block.h"

class FreeIndex {
 public:
  void add(Block* block);
  void remove(Block* block);

  // A block of at least `size` bytes, or null; it stays in the index. What it finds may be larger
  // by 1/32 than the best fit: only lists are looked at in which every block is large enough.
  Block* find(std::size_t size) const;

  // Of payloads.
  static constexpr std::size_t largest = (std::size_t{1} << 23) - granule;

 private:
  static constexpr unsigned range_bits = 5;
  static constexpr unsigned ranges = 1U << range_bits;
  // Sizes below one range for each granule: row 0 holds them all.
  static constexpr unsigned first_exponent = 9;
  static constexpr unsigned rows = 23 - first_exponent + 1;

  struct Place {
    unsigned row;
    unsigned range;
  };
  static Place place_of(std::size_t size);

  std::uint32_t used_rows = 0;
  std::uint32_t used_ranges[rows] = {};
  Block* lists[rows][ranges] = {};
};
