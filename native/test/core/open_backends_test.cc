#include "core/open_backends.h"

#include <doctest/doctest.h>

#include <atomic>
#include <set>
#include <vector>

#include "compose/limited.h"
#include "compose/table.h"
#include "core/checked.h"
#include "support/class_allocator.h"
#include "support/nothing_left.h"
#include "support/threads.h"

namespace {

using namespace allomorph;
using namespace allomorph::test;

constexpr size_t places = max_backends - built_in_backends;

const Backend* open_limited(const Backend& behind, size_t limit = SIZE_MAX / 4) {
  allomorph_allocator* table = allomorph_table_allocator(&behind.abi);
  allomorph_allocator* first = allomorph_limited(table, limit);
  const Backend* users[] = {&behind};
  const Backend* opened = open_backend({{first, table}}, "limited", users);
  if (opened == nullptr) {
    allomorph_destroy(first);
    allomorph_destroy(table);
  }
  return opened;
}

}  // namespace

TEST_CASE("open backends: one is found by its id, counts its blocks and those behind it") {
  const NothingLeft nothing_left;
  const Backend* opened = open_limited(system_like);
  REQUIRE(opened != nullptr);
  CHECK(find_backend(opened->id) == opened);
  CHECK(opened->name() == "limited");
  const LiveCounts behind = live_counts(system_like.id);
  uint8_t* block = opened->abi.allocate(100, 8);
  CHECK(live_counts(opened->id).blocks == 1);
  CHECK(live_counts(opened->id).bytes == 128);
  CHECK(live_counts(system_like.id).blocks == behind.blocks + 1);
  opened->abi.deallocate(block, 100, 8);
  CHECK(live_counts(opened->id).blocks == 0);
  CHECK(close_backend(opened->id) == CloseResult::closed);
}

TEST_CASE("open backends: the checked door knows whose block it is") {
  const NothingLeft nothing_left;
  const Backend* first = open_limited(system_like);
  const Backend* second = open_limited(system_like);
  uint8_t* block = checked_allocate(*first, 100, 8);
  const auto address = reinterpret_cast<uintptr_t>(block);
  CHECK(checked_deallocate(*second, address, 100, 8) == BlockFault::foreign);
  CHECK(checked_deallocate(*first, address, 100, 8) == BlockFault::none);
  CHECK(close_backend(first->id) == CloseResult::closed);
  CHECK(close_backend(second->id) == CloseResult::closed);
}

TEST_CASE("open backends: closing is refused while blocks are live, or others use it") {
  const NothingLeft nothing_left;
  const Backend* inner = open_limited(system_like);
  const Backend* outer = open_limited(*inner);
  uint8_t* block = outer->abi.allocate(10, 8);
  CHECK(close_backend(outer->id) == CloseResult::live_blocks);
  outer->abi.deallocate(block, 10, 8);
  CHECK(close_backend(inner->id) == CloseResult::has_users);
  retain_backend(outer->id);
  CHECK(close_backend(outer->id) == CloseResult::has_users);
  release_backend(outer->id);
  CHECK(close_backend(outer->id) == CloseResult::closed);
  CHECK(close_backend(inner->id) == CloseResult::closed);
}

TEST_CASE("open backends: one that nobody uses closes when its last block is gone") {
  const NothingLeft nothing_left;
  const Backend* opened = open_limited(system_like);
  uint8_t* block = opened->abi.allocate(10, 8);
  release_backend(opened->id);
  CHECK(opened_allocator(opened->id) != nullptr);
  opened->abi.deallocate(block, 10, 8);
  // Looked at when the next one is opened, which gets the place.
  const Backend* next = open_limited(system_like);
  CHECK(next->id == opened->id);
  CHECK(close_backend(next->id) == CloseResult::closed);
}

TEST_CASE("open backends: a closed place gives nothing and takes nothing") {
  const NothingLeft nothing_left;
  const Backend* opened = open_limited(system_like);
  CHECK(close_backend(opened->id) == CloseResult::closed);
  CHECK(opened_allocator(opened->id) == nullptr);
  uint8_t byte = 0;
  CHECK(opened->uncounted.allocate(10, 8) == nullptr);
  CHECK(opened->uncounted.reallocate(&byte, 1, 10, 8) == nullptr);
  CHECK(opened->uncounted.reallocate_inplace(&byte, 1, 10, 8) == 1);
  CHECK(opened->uncounted.usable_size(10, 8) == 10);
  opened->uncounted.deallocate(&byte, 1, 8);
}

TEST_CASE("open backends: there are 62 places, which are used again") {
  const NothingLeft nothing_left;
  std::set<BackendId> ids;
  for (int round = 0; round < 3; round++) {
    std::vector<const Backend*> opened;
    for (size_t count = 0; count < places; count++) opened.push_back(open_limited(system_like));
    for (const Backend* each : opened) {
      REQUIRE(each != nullptr);
      ids.insert(each->id);
    }
    CHECK(open_limited(system_like) == nullptr);
    for (const Backend* each : opened) CHECK(close_backend(each->id) == CloseResult::closed);
  }
  CHECK(ids.size() == places);
}

TEST_CASE("open backends: whether a chain ends at the global backend") {
  allomorph_allocator* limited = allomorph_limited(global_allocator(), 1000);
  const Backend* over_global = open_backend({{limited, global_allocator()}}, "limited", {});
  const Backend* further = open_limited(*over_global);
  const Backend* other = open_limited(system_like);
  CHECK(leads_to_global(over_global->id));
  CHECK(leads_to_global(further->id));
  CHECK_FALSE(leads_to_global(other->id));
  CHECK_FALSE(leads_to_global(BackendId::system));
  for (const Backend* each : {further, over_global, other}) {
    CHECK(close_backend(each->id) == CloseResult::closed);
  }
}

TEST_CASE("open backends: threads open, use and close at the same time") {
  const NothingLeft nothing_left;
  std::atomic<int> wrong{0};
  run_threads(6, [&](size_t) {
    for (int round = 0; round < 300; round++) {
      const Backend* opened = open_limited(system_like, 1000);
      if (opened == nullptr) {
        wrong++;
        continue;
      }
      uint8_t* block = opened->abi.allocate(100, 8);
      if (block == nullptr || opened->abi.allocate(1000, 8) != nullptr) wrong++;
      opened->abi.deallocate(block, 100, 8);
      if (close_backend(opened->id) != CloseResult::closed) wrong++;
    }
  });
  CHECK(wrong == 0);
}
