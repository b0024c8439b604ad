#include "core/block_table.h"

#include <cstdlib>
#include <mutex>

#include "core/spinlock.h"

namespace allomorph {
namespace {

constexpr size_t shard_count = 64;
constexpr size_t smallest_capacity = 64;
// 2^64 / golden ratio: multiplicative hashing, Knuth, TAOCP vol. 3, 6.4.
constexpr uint64_t golden = 0x9E3779B97F4A7C15;

uint64_t hash(uintptr_t address) {
  return static_cast<uint64_t>(address) * golden;
}

// Invariants, under the lock:
//   capacity is a power of two; records[i].address == 0 means empty
//   used + reserved < capacity, so every probe ends
//   no empty slot lies between a record and its home slot
class alignas(64) Shard {
 public:
  // When the table cannot grow, capacity / spare_divisor slots stay empty (0: all
  // but the one that ends every probe may be filled).
  bool insert(const BlockRecord& record, size_t spare_divisor) {
    const std::lock_guard guard(lock_);
    const size_t needed = used_ + reserved_ + 1;
    if (needed * 4 > capacity_ * 3 && !resize(capacity_ * 2)) {
      const size_t spare = 1 + (spare_divisor == 0 ? 0 : capacity_ / spare_divisor);
      if (needed + spare > capacity_) return false;
    }
    place(record);
    return true;
  }

  TakeResult take(uintptr_t address, BlockCheck check, void* context, bool reserve,
                  BlockRecord* taken) {
    const std::lock_guard guard(lock_);
    const size_t slot = find(address);
    if (slot == capacity_) return TakeResult::absent;
    *taken = records()[slot];
    if (!check(records()[slot], context)) return TakeResult::refused;
    erase(slot);
    if (reserve) {
      reserved_++;
    } else {
      shrink_if_sparse();
    }
    return TakeResult::taken;
  }

  void restore(const BlockRecord& record) {
    const std::lock_guard guard(lock_);
    reserved_--;
    place(record);
  }

  void drop_reservation() {
    const std::lock_guard guard(lock_);
    reserved_--;
    shrink_if_sparse();
  }

  bool lookup(uintptr_t address, BlockRecord* found) {
    const std::lock_guard guard(lock_);
    const size_t slot = find(address);
    if (slot == capacity_) return false;
    *found = records()[slot];
    return true;
  }

  void forget(BackendId backend) {
    const std::lock_guard guard(lock_);
    // An erased record may make place for one that stood before it in a probe run
    // that wraps around, so a slot is looked at again until it keeps what it has.
    for (size_t slot = 0; slot < capacity_;) {
      const BlockRecord& record = records()[slot];
      if (record.address != 0 && record.backend_id() == backend) {
        erase(slot);
      } else {
        slot++;
      }
    }
    shrink_if_sparse();
  }

  size_t size() {
    const std::lock_guard guard(lock_);
    return used_;
  }

 private:
  BlockRecord* records() {
    return grown_records_ != nullptr ? grown_records_ : first_records_;
  }

  size_t home(uintptr_t address) const {
    return static_cast<size_t>(hash(address) >> 24) & (capacity_ - 1);
  }

  size_t find(uintptr_t address) {
    const BlockRecord* const table = records();
    size_t slot = home(address);
    while (table[slot].address != address) {
      if (table[slot].address == 0) return capacity_;
      slot = (slot + 1) & (capacity_ - 1);
    }
    return slot;
  }

  void place(const BlockRecord& record) {
    BlockRecord* const table = records();
    size_t slot = home(record.address);
    while (table[slot].address != 0 && table[slot].address != record.address) {
      slot = (slot + 1) & (capacity_ - 1);
    }
    if (table[slot].address == 0) used_++;
    table[slot] = record;
  }

  // Backward shift: moves later records of the same probe run into the gap, so
  // that no tombstones are needed.
  void erase(size_t gap) {
    BlockRecord* const table = records();
    const size_t mask = capacity_ - 1;
    for (size_t slot = (gap + 1) & mask; table[slot].address != 0; slot = (slot + 1) & mask) {
      const size_t from_home = (slot - home(table[slot].address)) & mask;
      const size_t from_gap = (slot - gap) & mask;
      if (from_home >= from_gap) {
        table[gap] = table[slot];
        gap = slot;
      }
    }
    table[gap].address = 0;
    used_--;
  }

  void shrink_if_sparse() {
    if (capacity_ > smallest_capacity && (used_ + reserved_) * 8 < capacity_) {
      resize(capacity_ / 2);  // on failure the larger table simply stays
    }
  }

  bool resize(size_t capacity) {
    auto* fresh = static_cast<BlockRecord*>(std::calloc(capacity, sizeof(BlockRecord)));
    if (fresh == nullptr) return false;
    BlockRecord* old = records();
    const size_t old_capacity = capacity_;
    grown_records_ = fresh;
    capacity_ = capacity;
    used_ = 0;
    for (size_t slot = 0; slot < old_capacity; slot++) {
      if (old[slot].address != 0) place(old[slot]);
    }
    if (old != first_records_) std::free(old);
    return true;
  }

  Spinlock lock_;
  // Part of the object, so that a shard has room before it ever allocates. The
  // pages stay untouched until used.
  BlockRecord first_records_[smallest_capacity] = {};
  // Null: first_records_ serves. Deliberately not a pointer to it: GCC 12 gives
  // all elements of a constinit array the self-pointer of a temporary.
  BlockRecord* grown_records_ = nullptr;
  size_t capacity_ = smallest_capacity;
  size_t used_ = 0;
  size_t reserved_ = 0;
};

// Never destroyed: threads may free blocks while the process exits.
constinit Shard shards[shard_count];

Shard& shard_of(uintptr_t address) {
  return shards[hash(address) >> 58];
}

}  // namespace

bool insert_block(const BlockRecord& record) {
  return shard_of(record.address).insert(record, 8);
}

void insert_moved_block(const BlockRecord& record) {
  shard_of(record.address).insert(record, 0);
}

TakeResult take_block(uintptr_t address, BlockCheck check, void* context, bool reserve,
                      BlockRecord* taken) {
  return shard_of(address).take(address, check, context, reserve, taken);
}

void restore_block(const BlockRecord& record) {
  shard_of(record.address).restore(record);
}

void drop_reservation(uintptr_t address) {
  shard_of(address).drop_reservation();
}

void forget_blocks_of(BackendId backend) {
  for (Shard& shard : shards) shard.forget(backend);
}

bool find_block(uintptr_t address, BlockRecord* found) {
  return shard_of(address).lookup(address, found);
}

size_t block_table_size() {
  size_t sum = 0;
  for (Shard& shard : shards) sum += shard.size();
  return sum;
}

}  // namespace allomorph
