#include "core/block_table.h"

#include <doctest/doctest.h>

#include <atomic>
#include <unordered_map>
#include <vector>

#include "support/random.h"
#include "support/threads.h"

namespace {

using namespace allomorph;
using namespace allomorph::test;

// The table only stores addresses: none of these is ever dereferenced.
BlockRecord record(uintptr_t address, uint64_t size) {
  BlockRecord made{};
  made.address = address;
  made.size = size & 0xFFFFFFFFFFFF;
  made.align_log2 = 4;
  made.backend = address & 1;
  return made;
}

bool same(const BlockRecord& left, const BlockRecord& right) {
  return left.address == right.address && left.size == right.size &&
         left.align_log2 == right.align_log2 && left.backend == right.backend &&
         left.size_is_usable == right.size_is_usable;
}

bool always(const BlockRecord&, void*) {
  return true;
}
bool never(const BlockRecord&, void*) {
  return false;
}

TakeResult take(uintptr_t address, BlockRecord* taken, bool reserve = false) {
  return take_block(address, always, nullptr, reserve, taken);
}

// How addresses are spread: blocks of a heap lie close together; alignments of
// 1 GiB leave no low bits for the hash; and sixteen pages next to each other
// make long probe runs.
uintptr_t address_of(unsigned kind, Random& random) {
  switch (kind) {
    case 0:
      return 0x7F0000000000 + random.below(1 << 16) * 16;
    case 1:
      return (1 + random.below(4096)) << 30;
    default:
      return (1 + random.below(uint64_t{1} << 43)) * 16;
  }
}

class Model {
 public:
  explicit Model(uint64_t seed) : random_(seed) {
  }

  // Null or the operation that went wrong.
  const char* step(unsigned kind, uint64_t insert_weight) {
    const uintptr_t address = kind >= 2 && !known_.empty() && random_.one_in(2)
                                  ? known_.back()
                                  : address_of(kind, random_);
    if (random_.below(100) < insert_weight) return insert(address);
    switch (random_.below(5)) {
      case 0:
        return lookup(pick(address));
      case 1:
        return refuse(pick(address));
      case 2:
        return take_and_put_back(pick(address));
      default:
        return remove(pick(address));
    }
  }

  const char* clear() {
    while (!known_.empty()) {
      if (const char* wrong = remove(known_.back())) return wrong;
    }
    return model_.empty() ? nullptr : "clear";
  }

  size_t size() const {
    return model_.size();
  }

 private:
  // Mostly an address that is there.
  uintptr_t pick(uintptr_t otherwise) {
    return known_.empty() || random_.one_in(8) ? otherwise : known_[random_.below(known_.size())];
  }

  const char* insert(uintptr_t address) {
    const BlockRecord made = record(address, random_.below(uint64_t{1} << 48));
    if (!insert_block(made)) return "insert failed";
    if (model_.insert_or_assign(address, made).second) {
      place_[address] = known_.size();
      known_.push_back(address);
    }
    return nullptr;
  }

  const char* lookup(uintptr_t address) {
    BlockRecord found;
    const auto expected = model_.find(address);
    if (find_block(address, &found) != (expected != model_.end())) return "find: presence";
    if (expected != model_.end() && !same(found, expected->second)) return "find: record";
    return nullptr;
  }

  const char* refuse(uintptr_t address) {
    BlockRecord found;
    const auto expected = model_.find(address);
    const TakeResult result = take_block(address, never, nullptr, true, &found);
    if (expected == model_.end()) return result == TakeResult::absent ? nullptr : "refuse: absent";
    if (result != TakeResult::refused) return "refuse: result";
    if (!same(found, expected->second)) return "refuse: record";
    return lookup(address);
  }

  const char* take_and_put_back(uintptr_t address) {
    BlockRecord found;
    if (model_.find(address) == model_.end()) return nullptr;
    if (take(address, &found, true) != TakeResult::taken) return "reserve: taken";
    if (find_block(address, &found)) return "reserve: still found";
    if (random_.one_in(2)) {
      drop_reservation(address);
      forget(address);
      return nullptr;
    }
    BlockRecord changed = model_[address];
    changed.size ^= 1;
    restore_block(changed);
    model_[address] = changed;
    return lookup(address);
  }

  const char* remove(uintptr_t address) {
    BlockRecord found;
    const auto expected = model_.find(address);
    const TakeResult result = take(address, &found);
    if (expected == model_.end()) return result == TakeResult::absent ? nullptr : "take: absent";
    if (result != TakeResult::taken) return "take: result";
    if (!same(found, expected->second)) return "take: record";
    forget(address);
    return lookup(address);
  }

  void forget(uintptr_t address) {
    const size_t place = place_[address];
    known_[place] = known_.back();
    place_[known_[place]] = place;
    known_.pop_back();
    place_.erase(address);
    model_.erase(address);
  }

  Random random_;
  std::unordered_map<uintptr_t, BlockRecord> model_;
  std::vector<uintptr_t> known_;
  std::unordered_map<uintptr_t, size_t> place_;
};

}  // namespace

TEST_CASE("block_table: agrees with a map while it grows and shrinks") {
  const uint64_t seed = test_seed();
  INFO("ALLOMORPH_TEST_SEED=", seed);
  const size_t before = block_table_size();
  for (unsigned kind = 0; kind < 3; kind++) {
    CAPTURE(kind);
    Model model(seed + kind);
    for (const uint64_t insert_weight : {80, 30, 60, 10, 90, 5}) {
      for (int step = 0; step < 25000; step++) {
        const char* wrong = model.step(kind, insert_weight);
        if (wrong != nullptr) FAIL(wrong);
      }
      CHECK(block_table_size() - before == model.size());
    }
    const char* wrong = model.clear();
    if (wrong != nullptr) FAIL(wrong);
    CHECK(block_table_size() == before);
  }
}

TEST_CASE("block_table: every record survives the removal of its neighbours in a probe run") {
  // Multiples of 2^40 share the low bits of their hashes: one long run a shard.
  std::vector<uintptr_t> addresses;
  for (uintptr_t index = 1; index <= 2000; index++) addresses.push_back(index << 40);
  for (const uintptr_t address : addresses) REQUIRE(insert_block(record(address, address >> 40)));
  Random random(test_seed());
  int wrong = 0;
  while (!addresses.empty()) {
    const size_t victim = random.below(addresses.size());
    BlockRecord found;
    if (take(addresses[victim], &found) != TakeResult::taken) wrong++;
    addresses[victim] = addresses.back();
    addresses.pop_back();
    if (addresses.size() % 16 != 0) continue;
    for (const uintptr_t address : addresses) {
      if (!find_block(address, &found) || found.size != address >> 40) wrong++;
    }
  }
  CHECK(wrong == 0);
  CHECK(block_table_size() == 0);
}

TEST_CASE("block_table: a record with the same address is replaced") {
  const size_t before = block_table_size();
  CHECK(insert_block(record(0x1000, 1)));
  CHECK(insert_block(record(0x1000, 2)));
  CHECK(block_table_size() == before + 1);
  BlockRecord found;
  CHECK(take(0x1000, &found) == TakeResult::taken);
  CHECK(uint64_t{found.size} == 2);
  CHECK(take(0x1000, &found) == TakeResult::absent);
}

TEST_CASE("block_table: dropping a reservation leaves a newer record of that address alone") {
  // What a moving reallocation does when another thread gets the old address
  // before the reservation is dropped.
  BlockRecord found;
  REQUIRE(insert_block(record(0x2000, 1)));
  REQUIRE(take(0x2000, &found, true) == TakeResult::taken);
  REQUIRE(insert_block(record(0x2000, 2)));
  drop_reservation(0x2000);
  CHECK(take(0x2000, &found) == TakeResult::taken);
  CHECK(uint64_t{found.size} == 2);
}

TEST_CASE("block_table: the largest values of each field survive") {
  BlockRecord made = record(UINTPTR_MAX & ~uintptr_t{15}, (uint64_t{1} << 48) - 1);
  made.align_log2 = 47;
  made.backend = 1;
  made.size_is_usable = 1;
  REQUIRE(insert_block(made));
  BlockRecord found;
  CHECK(take(made.address, &found) == TakeResult::taken);
  CHECK(same(found, made));
}

TEST_CASE("block_table: threads on addresses of their own do not disturb each other") {
  const uint64_t seed = test_seed();
  INFO("ALLOMORPH_TEST_SEED=", seed);
  std::atomic<int> wrong{0};
  run_threads(4, [&](size_t thread) {
    Random random(seed + thread);
    std::vector<uintptr_t> live;
    BlockRecord found;
    for (int step = 0; step < 30000; step++) {
      // Interleaved: all threads use all shards.
      if (live.empty() || random.below(100) < (step < 15000 ? 60u : 40u)) {
        const uintptr_t address = (random.below(uint64_t{1} << 30) * 4 + thread + 4) * 16;
        if (find_block(address, &found)) continue;
        if (!insert_block(record(address, address >> 4))) wrong++;
        live.push_back(address);
      } else {
        const size_t victim = random.below(live.size());
        if (take(live[victim], &found) != TakeResult::taken || found.size != live[victim] >> 4) {
          wrong++;
        }
        live[victim] = live.back();
        live.pop_back();
      }
    }
    for (const uintptr_t address : live) {
      if (take(address, &found) != TakeResult::taken) wrong++;
    }
  });
  CHECK(wrong == 0);
  CHECK(block_table_size() == 0);
}

TEST_CASE("block_table: of threads that take the same record, exactly one gets it") {
  constexpr uintptr_t count = 20000;
  for (uintptr_t index = 1; index <= count; index++) {
    REQUIRE(insert_block(record(index * 16, index)));
  }
  std::atomic<size_t> taken{0};
  run_threads(4, [&](size_t) {
    BlockRecord found;
    for (uintptr_t index = 1; index <= count; index++) {
      if (take(index * 16, &found) == TakeResult::taken) taken++;
    }
  });
  CHECK(taken == count);
  CHECK(block_table_size() == 0);
}

TEST_CASE("block table: the records of one backend can be removed, all others stay") {
  Random random(3);
  std::unordered_map<uintptr_t, BlockRecord> made;
  const size_t before = block_table_size();
  for (unsigned kind = 0; kind < 3; kind++) {
    for (size_t count = 0; count < 5000; count++) {
      const uintptr_t address = address_of(kind, random);
      BlockRecord each = record(address, count + 1);
      each.backend = (2 + random.below(3)) & 0x7f;
      if (!made.contains(address)) REQUIRE(insert_block(each));
      made.emplace(address, each);
    }
  }
  forget_blocks_of(static_cast<BackendId>(3));
  for (const auto& [address, each] : made) {
    BlockRecord found;
    const bool stays = each.backend != 3;
    CHECK(find_block(address, &found) == stays);
    if (stays) CHECK(same(found, each));
  }
  forget_blocks_of(static_cast<BackendId>(2));
  forget_blocks_of(static_cast<BackendId>(4));
  CHECK(block_table_size() == before);
}
