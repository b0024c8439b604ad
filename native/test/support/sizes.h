#ifndef ALLOMORPH_TEST_SIZES_H
#define ALLOMORPH_TEST_SIZES_H

#include <cstddef>
#include <vector>

namespace allomorph::test {

inline constexpr size_t kib = 1024;
inline constexpr size_t mib = 1024 * kib;

// 1 .. limit: each power of two, its neighbours and a value in the middle.
inline std::vector<size_t> sizes_up_to(size_t limit) {
  std::vector<size_t> sizes;
  for (size_t power = 1; power <= limit; power *= 2) {
    for (const size_t size : {power - 1, power, power + 1, power + power / 2}) {
      if (size >= 1 && size <= limit && (sizes.empty() || size > sizes.back())) {
        sizes.push_back(size);
      }
    }
  }
  return sizes;
}

// 1 .. limit, the powers of two.
inline std::vector<size_t> alignments_up_to(size_t limit) {
  std::vector<size_t> alignments;
  for (size_t power = 1; power <= limit; power *= 2) alignments.push_back(power);
  return alignments;
}

}  // namespace allomorph::test

#endif
