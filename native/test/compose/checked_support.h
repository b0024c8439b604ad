// A debugging allocator over one that notices wrong sizes and what is not given back.
#ifndef ALLOMORPH_TEST_CHECKED_SUPPORT_H
#define ALLOMORPH_TEST_CHECKED_SUPPORT_H

#include <doctest/doctest.h>

#include <string>

#include "compose/checked/checked.h"
#include "compose/table.h"
#include "support/class_allocator.h"

namespace allomorph::test {

struct Options {
  allomorph_checked_level level = allomorph_checked_poison;
  size_t quarantine = 1 << 20;
  int frames = 4;
  int fd = 2;
  allomorph_on_fault on_fault = allomorph_on_fault_remember;
  uint32_t every = 1;
  size_t header = 0;
};

// At its end everything must be back where it came from.
class Checked {
 public:
  explicit Checked(const Options& options = {})
      : behind_(allomorph_table_allocator(&system_like.abi)) {
    const allomorph_checked_options given = {options.level, options.quarantine, options.frames,
                                             options.fd,    options.on_fault,   options.every,
                                             options.header};
    self_ = allomorph_checked(behind_, &given);
    REQUIRE(self_ != nullptr);
  }
  Checked(const Checked&) = delete;
  Checked& operator=(const Checked&) = delete;
  ~Checked() {
    CHECK(allomorph_checked_read(self_).live_blocks == 0);
    allomorph_destroy(self_);
    allomorph_destroy(behind_);
    CHECK(SystemLike::live_blocks() == 0);
    CHECK(SystemLike::mistakes == 0);
  }

  allomorph_allocator* self() const {
    return self_;
  }
  uint8_t* allocate(size_t size, size_t align = 16) const {
    return allomorph_allocate(self_, size, align);
  }
  void deallocate(uint8_t* ptr, size_t size, size_t align = 16) const {
    allomorph_deallocate(self_, ptr, size, align);
  }
  // The oldest fault; kind none: there is none.
  allomorph_fault fault() const {
    allomorph_fault result = {};
    if (!allomorph_checked_fault(self_, &result)) result.kind = allomorph_fault_none;
    return result;
  }

 private:
  allomorph_allocator* behind_;
  allomorph_allocator* self_;
};

inline std::string text_of(const allomorph_fault& fault) {
  char text[8192];
  return {text, allomorph_fault_text(&fault, text, sizeof text)};
}

}  // namespace allomorph::test

#endif
