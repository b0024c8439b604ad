#include "allocators/shared_library.h"

#include <doctest/doctest.h>

#include <string>

#include "platform/platform.h"

using namespace allomorph;

namespace {

std::string c_library() {
  const std::string found = platform::library_defining("__libc_start_main");
  return found.empty() ? platform::library_defining("malloc") : found;
}

LibraryRequest request(const std::string& path, const char* prefix, bool is_malloc) {
  return {path, "test", prefix, is_malloc, "identity"};
}

}  // namespace

TEST_CASE("shared library: a file that is none is refused in the dynamic linker's words") {
  const Library library = load_library_backend(request("/no/such.so", "", true));
  CHECK(library.backend == nullptr);
  CHECK(library.status == LibraryStatus::not_loadable);
  CHECK(library.detail.find("/no/such.so") != std::string::npos);
}

TEST_CASE("shared library: a function that it does not define is named") {
  const Library library = load_library_backend(request(c_library(), "__rust_", false));
  CHECK(library.status == LibraryStatus::missing_symbol);
  CHECK(library.detail == "__rust_allocate");
}

TEST_CASE("shared library: is loaded once, and known from then on") {
  const std::string path = c_library();
  CHECK(known_library(path, "").backend == nullptr);
  const Library library = load_library_backend(request(path, "", true));
  REQUIRE(library.status == LibraryStatus::ok);
  CHECK(library.backend->name() == "test");
  CHECK(load_library_backend(request(path, "", true)).backend == library.backend);
  CHECK(known_library(path, "").backend == library.backend);
  CHECK(known_library(path, "").identity == "identity");
  CHECK(known_library(path, "je_").backend == nullptr);
  uint8_t* block = library.backend->abi.allocate(1000, 64);
  REQUIRE(block != nullptr);
  CHECK(reinterpret_cast<uintptr_t>(block) % 64 == 0);
  library.backend->abi.deallocate(block, 1000, 64);
}
