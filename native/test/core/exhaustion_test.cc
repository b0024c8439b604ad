// The block table when there is no memory for it. Linked with --wrap=calloc: the
// table's only way to memory goes through the function below.

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

#include "core/block_table.h"
#include "core/checked.h"
#include "support/class_allocator.h"
#include "support/nothing_left.h"

namespace {

bool calloc_fails = false;

}  // namespace

extern "C" {
void* __real_calloc(size_t count, size_t size);
void* __wrap_calloc(size_t count, size_t size);
void* __wrap_calloc(size_t count, size_t size) {
  return calloc_fails ? nullptr : __real_calloc(count, size);
}
}

namespace {

using namespace allomorph;
using namespace allomorph::test;

struct NoMemory {
  NoMemory() {
    calloc_fails = true;
  }
  ~NoMemory() {
    calloc_fails = false;
  }
};

// The shard is chosen by the top 6 bits of address * 2^64/golden ratio
// (block_table.cc); all of these are in one.
std::vector<uintptr_t> addresses_of_one_shard(size_t count) {
  std::vector<uintptr_t> found;
  for (uintptr_t address = 16; found.size() < count; address += 16) {
    if (static_cast<uint64_t>(address) * 0x9E3779B97F4A7C15 >> 58 == 5) found.push_back(address);
  }
  return found;
}

BlockRecord record(uintptr_t address) {
  BlockRecord made{};
  made.address = address;
  made.size = 1;
  return made;
}

bool always(const BlockRecord&, void*) {
  return true;
}

// How many of `addresses` insert_block accepts before it says that it is full.
size_t insert_until_full(const std::vector<uintptr_t>& addresses) {
  size_t count = 0;
  while (count < addresses.size() && insert_block(record(addresses[count]))) count++;
  return count;
}

void take_all(const std::vector<uintptr_t>& addresses, size_t count) {
  BlockRecord taken;
  for (size_t index = 0; index < count; index++) {
    CHECK(take_block(addresses[index], always, nullptr, false, &taken) == TakeResult::taken);
  }
}

// Slots of a shard that never grew, and those that insert_block leaves empty.
constexpr size_t first_capacity = 64;
constexpr size_t spare = 1 + first_capacity / 8;

}  // namespace

TEST_CASE("a table that cannot grow is filled up to its spare slots, then refuses") {
  const NothingLeft nothing_left;
  const auto addresses = addresses_of_one_shard(200);
  const NoMemory no_memory;
  const size_t count = insert_until_full(addresses);
  CHECK(count == first_capacity - spare);
  BlockRecord found;
  CHECK_FALSE(find_block(addresses[count], &found));
  for (size_t index = 0; index < count; index++) CHECK(find_block(addresses[index], &found));
  take_all(addresses, count);
}

TEST_CASE("a refused insert succeeds when there is memory again, and the table grows") {
  const NothingLeft nothing_left;
  const auto addresses = addresses_of_one_shard(200);
  size_t count = 0;
  {
    const NoMemory no_memory;
    count = insert_until_full(addresses);
  }
  while (count < addresses.size()) CHECK(insert_block(record(addresses[count++])));
  take_all(addresses, count);
}

TEST_CASE("moved blocks use the spare slots; the one that ends every probe stays empty") {
  const NothingLeft nothing_left;
  const auto addresses = addresses_of_one_shard(200);
  const NoMemory no_memory;
  const size_t count = insert_until_full(addresses);
  for (size_t index = count; index < addresses.size(); index++) {
    insert_moved_block(record(addresses[index]));
  }
  CHECK(block_table_size() == first_capacity - 1);
  BlockRecord found;
  CHECK(find_block(addresses[first_capacity - 2], &found));
  // Ends, which it would not in a full table.
  CHECK_FALSE(find_block(addresses[first_capacity - 1], &found));
  take_all(addresses, first_capacity - 1);
}

TEST_CASE("room that was reserved is not given away") {
  const NothingLeft nothing_left;
  const auto addresses = addresses_of_one_shard(300);
  const NoMemory no_memory;
  const size_t count = insert_until_full(addresses);
  BlockRecord taken[10];
  for (size_t index = 0; index < 10; index++) {
    CHECK(take_block(addresses[index], always, nullptr, true, &taken[index]) == TakeResult::taken);
  }
  for (size_t index = count; index < addresses.size(); index++) {
    CHECK_FALSE(insert_block(record(addresses[index])));
  }
  for (const BlockRecord& each : taken) restore_block(each);
  BlockRecord found;
  for (size_t index = 0; index < count; index++) CHECK(find_block(addresses[index], &found));
  take_all(addresses, count);
}

TEST_CASE("a dropped reservation makes room again") {
  const NothingLeft nothing_left;
  const auto addresses = addresses_of_one_shard(200);
  const NoMemory no_memory;
  const size_t count = insert_until_full(addresses);
  BlockRecord taken;
  CHECK(take_block(addresses[0], always, nullptr, true, &taken) == TakeResult::taken);
  CHECK_FALSE(insert_block(record(addresses[count])));
  drop_reservation(addresses[0]);
  CHECK(insert_block(record(addresses[count])));
  CHECK(take_block(addresses[count], always, nullptr, false, &taken) == TakeResult::taken);
  for (size_t index = 1; index < count; index++) {
    CHECK(take_block(addresses[index], always, nullptr, false, &taken) == TakeResult::taken);
  }
}

TEST_CASE("reservations that have ended cost no room") {
  const NothingLeft nothing_left;
  const auto addresses = addresses_of_one_shard(200);
  const NoMemory no_memory;
  const size_t count = insert_until_full(addresses);
  BlockRecord taken;
  for (int round = 0; round < 100; round++) {
    CHECK(take_block(addresses[0], always, nullptr, true, &taken) == TakeResult::taken);
    restore_block(taken);
  }
  take_all(addresses, count);
  CHECK(insert_until_full(addresses) == count);
  take_all(addresses, count);
}

TEST_CASE("reallocations leave no reservation behind, whether they move or not") {
  const NothingLeft nothing_left;
  uint8_t* block = checked_allocate(system_like, 32, 8);
  const NoMemory no_memory;
  size_t size = 32;
  // More often than all shards have slots.
  for (int round = 0; round < 64 * 64 * 2; round++) {
    const size_t next = 32 + static_cast<size_t>(round) % 5000;
    const auto [moved, fault] =
        checked_reallocate(system_like, reinterpret_cast<uintptr_t>(block), size, next, 8);
    REQUIRE(fault == BlockFault::none);
    REQUIRE(moved != nullptr);
    block = moved;
    size = next;
  }
  CHECK(checked_deallocate(system_like, reinterpret_cast<uintptr_t>(block), size, 8) ==
        BlockFault::none);
  // Every shard is as empty as it was: all of these find room.
  const auto addresses = addresses_of_one_shard(first_capacity - spare);
  CHECK(insert_until_full(addresses) == addresses.size());
  take_all(addresses, addresses.size());
  std::vector<uint8_t*> blocks;
  for (int count = 0; count < 64; count++) {
    blocks.push_back(checked_allocate(system_like, 4096, 8));
    CHECK(blocks.back() != nullptr);
  }
  for (uint8_t* each : blocks) {
    CHECK(checked_deallocate(system_like, reinterpret_cast<uintptr_t>(each), 4096, 8) ==
          BlockFault::none);
  }
}

TEST_CASE("a table that cannot shrink stays as it is") {
  const NothingLeft nothing_left;
  const auto addresses = addresses_of_one_shard(2000);
  for (const uintptr_t address : addresses) REQUIRE(insert_block(record(address)));
  const NoMemory no_memory;
  take_all(addresses, addresses.size());
}

TEST_CASE("checked_allocate gives the block back when it cannot be recorded") {
  const NothingLeft nothing_left;
  std::vector<uint8_t*> blocks;
  const size_t unrecorded = SystemLike::live_blocks();
  {
    const NoMemory no_memory;
    // More than all shards hold without growing.
    for (int count = 0; count < 64 * 64; count++) {
      uint8_t* block = checked_allocate(system_like, 32, 8);
      if (block != nullptr) blocks.push_back(block);
    }
  }
  CHECK(blocks.size() < 64 * 64);
  CHECK(SystemLike::live_blocks() - unrecorded == blocks.size());
  for (uint8_t* block : blocks) {
    CHECK(checked_deallocate(system_like, reinterpret_cast<uintptr_t>(block), 32, 8) ==
          BlockFault::none);
  }
  CHECK(SystemLike::live_blocks() == unrecorded);
}
