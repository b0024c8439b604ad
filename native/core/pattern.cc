#include "core/pattern.h"

#include <cstring>

namespace allomorph {
namespace {

// splitmix64 (Steele, Lea, Flood 2014): neighbouring seeds give unrelated words.
uint64_t mixed(uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

class Words {
 public:
  explicit Words(uint64_t seed) : word_(mixed(seed)) {
  }
  uint64_t next() {
    return word_ += 0x9e3779b97f4a7c15;
  }

 private:
  uint64_t word_;
};

constexpr size_t word_size = sizeof(uint64_t);

size_t first_difference(const uint8_t* left, const uint8_t* right, size_t length) {
  size_t index = 0;
  while (index < length && left[index] == right[index]) index++;
  return index;
}

}  // namespace

void fill_pattern(uint8_t* block, size_t length, uint64_t seed) {
  Words words(seed);
  size_t offset = 0;
  for (; length - offset >= word_size; offset += word_size) {
    const uint64_t word = words.next();
    std::memcpy(block + offset, &word, word_size);
  }
  const uint64_t last = words.next();
  std::memcpy(block + offset, &last, length - offset);
}

size_t pattern_ends(const uint8_t* block, size_t length, uint64_t seed) {
  Words words(seed);
  for (size_t offset = 0; offset < length; offset += word_size) {
    const uint64_t word = words.next();
    const size_t here = length - offset < word_size ? length - offset : word_size;
    if (std::memcmp(block + offset, &word, here) == 0) continue;
    return offset + first_difference(block + offset, reinterpret_cast<const uint8_t*>(&word), here);
  }
  return length;
}

}  // namespace allomorph
