// Two copies of the addon in one process. Each case in a process of its own:
// what is loaded is never unloaded.

#include "core/copies.h"

#include <dlfcn.h>
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "abi/allomorph.h"

namespace {

struct Copy {
  decltype(&allomorph_copy) info;
  decltype(&allomorph_global_abi) global_abi;
  decltype(&__rust_allocate) allocate;
  decltype(&__rust_deallocate) deallocate;
  void* handle;
};

template <class Function>
void resolve(void* handle, const char* name, Function& target) {
  void* found = dlsym(handle, name);
  REQUIRE(found != nullptr);
  target = reinterpret_cast<Function>(found);
}

Copy load(const char* path) {
  unsetenv("ALLOMORPH_ALLOCATOR");
  Copy copy{};
  copy.handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  const char* failure = copy.handle == nullptr ? dlerror() : "";
  CAPTURE(failure);
  REQUIRE(copy.handle != nullptr);
  resolve(copy.handle, "allomorph_copy", copy.info);
  resolve(copy.handle, "allomorph_global_abi", copy.global_abi);
  resolve(copy.handle, "__rust_allocate", copy.allocate);
  resolve(copy.handle, "__rust_deallocate", copy.deallocate);
  return copy;
}

}  // namespace

TEST_CASE("a copy knows its own file and version") {
  const Copy copy = load(FIRST_COPY);
  CHECK(std::string_view(copy.info()->path) == FIRST_COPY);
  CHECK(copy.info()->abi_version == ALLOMORPH_ABI_VERSION);
  CHECK_FALSE(std::string_view(copy.info()->package_version).empty());
}

TEST_CASE("each copy calls its own functions and not those of the first") {
  const Copy first = load(FIRST_COPY);
  const Copy second = load(SECOND_COPY);
  CHECK(first.info() != second.info());
  CHECK(std::string_view(second.info()->path) == SECOND_COPY);
}

TEST_CASE("the copy that was loaded first leads") {
  const Copy first = load(FIRST_COPY);
  const Copy second = load(SECOND_COPY);
  // The later one is asked first: it must not lead for that.
  const allomorph_abi* table = second.global_abi();
  CHECK(table == first.global_abi());
  // What one allocates the other may free.
  second.deallocate(first.allocate(100, 8), 100, 8);
  first.deallocate(second.allocate(100, 8), 100, 8);
}

TEST_CASE("the order of loading decides and not the path") {
  const Copy second = load(SECOND_COPY);
  const Copy first = load(FIRST_COPY);
  const allomorph_abi* table = first.global_abi();
  CHECK(table == second.global_abi());
  Dl_info where;
  REQUIRE(dladdr(table, &where) != 0);
  CHECK(std::string_view(where.dli_fname) == SECOND_COPY);
}

TEST_CASE("a copy shows its contract and nothing else") {
  const Copy copy = load(FIRST_COPY);
  for (const char* hidden : {"allomorph_je_mallocx", "mallocx", "mallctl"}) {
    CAPTURE(hidden);
    CHECK(dlsym(copy.handle, hidden) == nullptr);
  }
}
