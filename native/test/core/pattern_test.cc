#include "core/pattern.h"

#include <doctest/doctest.h>

#include <vector>

using namespace allomorph;

TEST_CASE("pattern: is found again for every length, at any address") {
  for (size_t length = 0; length < 70; length++) {
    for (size_t shift = 0; shift < 8; shift++) {
      std::vector<uint8_t> memory(shift + length + 1, 0xee);
      fill_pattern(memory.data() + shift, length, 7);
      CHECK(pattern_ends(memory.data() + shift, length, 7) == length);
      // A shorter block of it as well, as after a reallocation.
      CHECK(pattern_ends(memory.data() + shift, length / 2, 7) == length / 2);
      CHECK(memory[shift + length] == 0xee);
    }
  }
}

TEST_CASE("pattern: the first byte that differs is told") {
  std::vector<uint8_t> memory(100);
  for (size_t offset = 0; offset < memory.size(); offset++) {
    fill_pattern(memory.data(), memory.size(), 9);
    memory[offset] ^= 1;
    CHECK(pattern_ends(memory.data(), memory.size(), 9) == offset);
  }
}

TEST_CASE("pattern: neighbouring seeds differ within a word") {
  std::vector<uint8_t> memory(8);
  for (uint64_t seed = 0; seed < 1000; seed++) {
    fill_pattern(memory.data(), memory.size(), seed);
    CHECK(pattern_ends(memory.data(), memory.size(), seed + 1) < memory.size());
  }
}
