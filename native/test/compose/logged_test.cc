#include "compose/logged.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <string>

#include "platform/descriptor.h"
#include "support/composed.h"
#include "support/threads.h"

namespace {

using namespace allomorph;
using namespace allomorph::test;

class Pipe {
 public:
  Pipe() {
    REQUIRE(pipe(ends_) == 0);
  }
  ~Pipe() {
    close(ends_[0]);
    if (ends_[1] >= 0) close(ends_[1]);
  }
  int writing() const {
    return ends_[1];
  }
  // All that was written; ends the writing side.
  std::string text() {
    close(std::exchange(ends_[1], -1));
    std::string text;
    char chunk[4096];
    for (ssize_t got; (got = read(ends_[0], chunk, sizeof chunk)) > 0;) {
      text.append(chunk, static_cast<size_t>(got));
    }
    return text;
  }

 private:
  int ends_[2];
};

std::string line(const char* format, auto... values) {
  char text[200];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

}  // namespace

TEST_CASE("logged: a line a call") {
  Pipe output;
  Composition composition;
  allomorph_allocator* a =
      composition.add(allomorph_logged(composition.leaf(system_like), output.writing()));
  uint8_t* first = allomorph_allocate(a, 10, 16);
  allomorph_usable_size(a, 10, 16);
  uint8_t* second = allomorph_reallocate(a, first, 10, 100'000, 16);
  allomorph_reallocate_inplace(a, second, 100'000, SIZE_MAX / 2, 16);
  allomorph_deallocate(a, second, 100'000, 16);
  SystemLike::exhausted = true;
  errno = 4711;
  CHECK(allomorph_allocate(a, 1, 4096) == nullptr);
  CHECK(errno == 4711);
  SystemLike::exhausted = false;
  const auto address = [](const uint8_t* ptr) { return reinterpret_cast<uintptr_t>(ptr); };
  CHECK(output.text() == line("allocate(10, 16) = 0x%" PRIxPTR "\n", address(first)) +
                             line("reallocate(0x%" PRIxPTR ", 10, 100000, 16) = 0x%" PRIxPTR "\n",
                                  address(first), address(second)) +
                             line("reallocate_inplace(0x%" PRIxPTR ", 100000, %zu, 16) = 131072\n",
                                  address(second), SIZE_MAX / 2) +
                             line("deallocate(0x%" PRIxPTR ", 100000, 16)\n", address(second)) +
                             "allocate(1, 4096) = 0x0\n");
}

TEST_CASE("logged: lines of threads do not mix") {
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  {
    Composition composition;
    allomorph_allocator* a =
        composition.add(allomorph_logged(composition.leaf(system_like), fileno(file)));
    run_threads(4, [&](size_t) {
      for (int count = 0; count < 500; count++) {
        allomorph_deallocate(a, allomorph_allocate(a, 64, 16), 64, 16);
      }
    });
  }
  std::rewind(file);
  int lines = 0;
  char text[200];
  while (std::fgets(text, sizeof text, file) != nullptr) {
    const std::string each = text;
    const bool whole = each.starts_with("allocate(64, 16) = 0x") ||
                       (each.starts_with("deallocate(0x") && each.ends_with(", 64, 16)\n"));
    CHECK(whole);
    lines++;
  }
  CHECK(lines == 4000);
  std::fclose(file);
}

TEST_CASE("logged: one that owns its descriptor closes it, and lost lines are counted") {
  Pipe output;
  const int copy = allomorph_duplicate_descriptor(output.writing());
  REQUIRE(copy > 2);
  {
    Composition composition;
    allomorph_allocator* a =
        composition.add(allomorph_logged_owning(composition.leaf(system_like), copy));
    allomorph_deallocate(a, allomorph_allocate(a, 64, 16), 64, 16);
  }
  // The pipe ends: no descriptor of its writing side is left.
  CHECK(output.text().starts_with("allocate(64, 16)"));
  Composition composition;
  allomorph_allocator* a = composition.add(allomorph_logged(composition.leaf(system_like), copy));
  errno = 4711;
  uint8_t* block = allomorph_allocate(a, 64, 16);
  CHECK(errno == 4711);
  REQUIRE(block != nullptr);
  allomorph_deallocate(a, block, 64, 16);
  CHECK(allomorph_logged_lost(a) == 2);
}
