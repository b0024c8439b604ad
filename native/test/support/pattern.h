// Bytes that tell whose block they lie in and at which offset: a block that was
// shifted, overlapped or handed out twice no longer matches.
#ifndef ALLOMORPH_TEST_PATTERN_H
#define ALLOMORPH_TEST_PATTERN_H

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace allomorph::test {

inline uint8_t pattern_byte(uint64_t tag, size_t offset) {
  const uint64_t mixed = (tag + offset) * 0x9E3779B97F4A7C15;
  return static_cast<uint8_t>(mixed >> 56);
}

// Every offset of the first and the last 4 KiB, and 64 more between: a block of
// 64 MiB shall not cost a fault for each of its pages. `visit` returns false to
// stop.
template <class Visit>
bool each_patterned_offset(size_t size, Visit visit) {
  constexpr size_t dense = 4096;
  const size_t stride = std::max(dense, size / 64);
  for (size_t offset = 0; offset < size;) {
    if (!visit(offset)) return false;
    const bool between = size > 2 * dense && offset >= dense && offset < size - dense;
    offset = between ? std::min(offset + stride, size - dense) : offset + 1;
  }
  return true;
}

inline void fill_pattern(uint8_t* block, size_t size, uint64_t tag) {
  each_patterned_offset(size, [&](size_t offset) {
    block[offset] = pattern_byte(tag, offset);
    return true;
  });
}

// Of a block of `filled` bytes, compares those below `size`.
inline bool matches_pattern(const uint8_t* block, size_t filled, size_t size, uint64_t tag) {
  return each_patterned_offset(filled, [&](size_t offset) {
    return offset >= size || block[offset] == pattern_byte(tag, offset);
  });
}

inline bool is_aligned(const uint8_t* block, size_t align) {
  return reinterpret_cast<uintptr_t>(block) % align == 0;
}

}  // namespace allomorph::test

#endif
