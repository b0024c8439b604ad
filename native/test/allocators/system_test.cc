#include <doctest/doctest.h>

#include "core/backend.h"
#include "support/nothing_left.h"
#include "support/sizes.h"

using namespace allomorph;
using namespace allomorph::test;

TEST_CASE("system: is always there, under its name and its id") {
  const Backend* backend = find_backend("system");
  REQUIRE(backend != nullptr);
  CHECK(backend == find_backend(BackendId::system));
  CHECK(backend->id == BackendId::system);
  CHECK(backend->abi.version == ALLOMORPH_ABI_VERSION);
  CHECK(backend->abi.struct_size == sizeof(allomorph_abi));
}

TEST_CASE("system: usable size is the size, and nothing can be resized in place") {
  const NothingLeft nothing_left;
  const allomorph_abi& abi = find_backend("system")->abi;
  for (const size_t size : sizes_up_to(mib)) {
    CHECK(abi.usable_size(size, 8) == size);
    uint8_t* block = abi.allocate(size, 8);
    REQUIRE(block != nullptr);
    CHECK(abi.reallocate_inplace(block, size, size + 1, 8) == size);
    abi.deallocate(block, size, 8);
  }
}
