#include "core/open_backends.h"

#include <doctest/doctest.h>

#include <vector>

#include "compose/bump.h"
#include "compose/table.h"
#include "core/block_table.h"
#include "core/checked.h"
#include "core/counters.h"
#include "support/class_allocator.h"

namespace {

using namespace allomorph;
using namespace allomorph::test;

const Backend* open_bump() {
  Chain chain;
  chain.links[1] = allomorph_table_allocator(&system_like.abi);
  chain.links[0] = allomorph_bump(chain.links[1], 4096);
  return open_backend(chain, "bump", {});
}

}  // namespace

TEST_CASE("open backends: all blocks are forgotten at once, unless somebody else uses it") {
  const size_t behind = SystemLike::live_blocks();
  const Backend* backend = open_bump();
  REQUIRE(backend != nullptr);
  const size_t records = block_table_size();
  std::vector<uint8_t*> blocks;
  for (int count = 0; count < 50; count++) {
    blocks.push_back(checked_allocate(*backend, 300, 16));
    backend->abi.allocate(20, 16);
  }
  retain_backend(backend->id);
  CHECK(!forget_blocks(backend->id));
  CHECK(live_counts(backend->id).blocks == 100);
  CHECK(block_table_size() == records + 50);
  release_backend(backend->id);
  REQUIRE(forget_blocks(backend->id));
  allomorph_bump_reset(opened_allocator(backend->id));
  CHECK(live_counts(backend->id).blocks == 0);
  CHECK(live_counts(backend->id).bytes == 0);
  CHECK(block_table_size() == records);
  const auto address = reinterpret_cast<uintptr_t>(blocks[0]);
  CHECK(checked_deallocate(*backend, address, 300, 16) == BlockFault::unknown);
  CHECK(close_backend(backend->id) == CloseResult::closed);
  CHECK(SystemLike::live_blocks() == behind);
  CHECK(!forget_blocks(BackendId::system));
}
