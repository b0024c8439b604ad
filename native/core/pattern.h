// A pattern that differs at every eighth byte and from seed to seed: what two blocks
// hold when they share memory is never what both were filled with.
#ifndef ALLOMORPH_CORE_PATTERN_H
#define ALLOMORPH_CORE_PATTERN_H

#include <cstddef>
#include <cstdint>

namespace allomorph {

void fill_pattern(uint8_t* block, size_t length, uint64_t seed);

// The offset of the first byte that fill_pattern with this seed would not have written, for any
// length; `length` when there is none.
size_t pattern_ends(const uint8_t* block, size_t length, uint64_t seed);

}  // namespace allomorph

#endif
