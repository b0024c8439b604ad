#include "core/open_backends.h"

#include <doctest/doctest.h>

#include <vector>

#include "compose/bump.h"
#include "compose/counted.h"
#include "compose/table.h"
#include "core/block_table.h"
#include "core/checked.h"
#include "core/counters.h"
#include "support/class_allocator.h"

namespace {

using namespace allomorph;
using namespace allomorph::test;

const Backend* open_over_system_like(allomorph_allocator* (*make)(allomorph_allocator*)) {
  Chain chain;
  chain.links[1] = allomorph_table_allocator(&system_like.abi);
  chain.links[0] = make(chain.links[1]);
  return open_backend(chain, "opened", {});
}

allomorph_allocator* small_bump(allomorph_allocator* behind) {
  return allomorph_bump(behind, 4096);
}

}  // namespace

TEST_CASE("open backends: as many as there are places, and a closed one's is taken again") {
  std::vector<const Backend*> opened;
  for (const Backend* next; (next = open_over_system_like(allomorph_counted)) != nullptr;) {
    opened.push_back(next);
    REQUIRE(opened.size() <= max_backends);
  }
  CHECK(opened.size() == max_backends - built_in_backends);
  CHECK(close_backend(opened.back()->id) == CloseResult::closed);
  const Backend* again = open_over_system_like(allomorph_counted);
  CHECK(again == opened.back());
  for (const Backend* each : opened) CHECK(close_backend(each->id) == CloseResult::closed);
}

TEST_CASE("open backends: closed neither under blocks nor under users") {
  const Backend* backend = open_over_system_like(allomorph_counted);
  REQUIRE(backend != nullptr);
  uint8_t* block = backend->abi.allocate(100, 16);
  CHECK(close_backend(backend->id) == CloseResult::live_blocks);
  backend->abi.deallocate(block, 100, 16);
  retain_backend(backend->id);
  CHECK(close_backend(backend->id) == CloseResult::has_users);
  release_backend(backend->id);
  CHECK(close_backend(backend->id) == CloseResult::closed);
  // Through a table that somebody kept: no crash, no memory.
  CHECK(backend->abi.allocate(100, 16) == nullptr);
  CHECK(close_backend(BackendId::system) == CloseResult::has_users);
}

TEST_CASE("open backends: all blocks are forgotten at once, unless somebody else uses it") {
  const Backend* backend = open_over_system_like(small_bump);
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
  CHECK(SystemLike::live_blocks() == 0);
  CHECK(!forget_blocks(BackendId::system));
}
