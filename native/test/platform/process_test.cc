// Loaded code and the C library.

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "platform/platform.h"

using namespace allomorph::platform;

namespace {

bool is_executable_file(const std::string& path) {
  return path.starts_with('/') && access(path.c_str(), R_OK) == 0;
}

}  // namespace

TEST_CASE("library_of: a path that can be opened, for the executable too") {
  const std::string own = library_of(reinterpret_cast<const void*>(&is_executable_file));
  const std::string libc_path = library_of(process_symbol("qsort"));
  CHECK(is_executable_file(own));
  CHECK(is_executable_file(libc_path));
  CHECK(own != libc_path);
  int local = 0;
  CHECK(library_of(&local).empty());
  CHECK(library_of(nullptr).empty());
}

TEST_CASE("symbols: found in the process and in one library; null when absent") {
  CHECK(process_symbol("malloc") != nullptr);
  CHECK(process_symbol("allomorph_has_no_such_symbol") == nullptr);
  const std::string libc_path = library_of(process_symbol("qsort"));
  CHECK(library_symbol(libc_path, "qsort") == process_symbol("qsort"));
  CHECK(library_symbol(libc_path, "allomorph_has_no_such_symbol") == nullptr);
  CHECK(library_symbol("/no/such/library.so", "qsort") == nullptr);
}

TEST_CASE("loaded_libraries: names the C library") {
  const auto paths = loaded_libraries();
  const std::string libc_path = library_of(process_symbol("qsort"));
  CHECK(std::find(paths.begin(), paths.end(), libc_path) != paths.end());
}

TEST_CASE(
    "library_defining: the library that a call reaches, also when its address is taken here") {
  // In an executable that is not position-independent, this makes the address of
  // malloc that of a PLT entry of the executable.
  void* (*volatile address_taken)(size_t) = std::malloc;
  CHECK((address_taken != nullptr));
  CHECK(library_defining("qsort") == library_of(process_symbol("qsort")));
  const std::string own = library_of(reinterpret_cast<const void*>(&is_executable_file));
  const bool malloc_replaced = process_symbol("__sanitizer_get_allocated_size") != nullptr;
  if (!malloc_replaced) CHECK(library_defining("malloc") == library_defining("qsort"));
  CHECK(library_defining("malloc") != own);
  CHECK(library_defining("allomorph_has_no_such_symbol").empty());
}

TEST_CASE("libc: has a name") {
  CHECK_FALSE(libc().name.empty());
  CHECK((libc().name == "glibc") == !libc().version.empty());
}

TEST_CASE("file_attribute: nothing for a file that has none and for one that is not there") {
  CHECK_FALSE(file_attribute("/dev/null", "user.allomorph").has_value());
  CHECK_FALSE(file_attribute("/no/such/file", "user.allomorph").has_value());
}

TEST_CASE("page_size: a power of two of at least 4 KiB") {
  CHECK(page_size() >= 4096);
  CHECK((page_size() & (page_size() - 1)) == 0);
}
