// Seeded random choices. ALLOMORPH_TEST_SEED repeats a run.
#ifndef ALLOMORPH_TEST_RANDOM_H
#define ALLOMORPH_TEST_RANDOM_H

#include <cstdint>
#include <cstdlib>
#include <random>

namespace allomorph::test {

inline uint64_t test_seed() {
  const char* given = std::getenv("ALLOMORPH_TEST_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {
  }

  // 0 .. limit - 1
  uint64_t below(uint64_t limit) {
    return engine_() % limit;
  }
  bool one_in(uint64_t count) {
    return below(count) == 0;
  }
  // 1 .. 2^limit_log2, each power of two as likely as the others.
  size_t size_up_to(unsigned limit_log2) {
    return static_cast<size_t>(1 + below(uint64_t{1} << below(limit_log2 + 1)));
  }
  size_t align_up_to(unsigned limit_log2) {
    return size_t{1} << below(limit_log2 + 1);
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace allomorph::test

#endif
