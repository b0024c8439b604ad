// The live blocks that were allocated through a checked door: what makes a
// double free, a foreign address, a wrong size or a wrong alignment an error
// instead of a corrupted heap.
//
// Process-wide, since a block may be freed by another thread or another copy of
// the JavaScript than the one that allocated it. 64 shards, each an open-addressing hash table
// with linear probing and backward-shift deletion under a spinlock that is held
// for some nanoseconds (for a rehash: longer, amortised O(1)). 16 bytes an entry,
// three quarters full at most (seven eighths when it cannot grow), shrunk when seven eighths empty.
#ifndef ALLOMORPH_CORE_BLOCK_TABLE_H
#define ALLOMORPH_CORE_BLOCK_TABLE_H

#include <cstddef>
#include <cstdint>

#include "core/backend.h"

namespace allomorph {

struct BlockRecord {
  uintptr_t address;
  uint64_t size : 48;
  uint64_t align_log2 : 8;
  uint64_t backend : 7;
  // A shrink in place left the block larger than the class of its new size:
  // `size` is then its usable size, and any smaller old_size is accepted.
  uint64_t size_is_usable : 1;

  size_t align() const {
    return size_t{1} << align_log2;
  }
  BackendId backend_id() const {
    return static_cast<BackendId>(backend);
  }
};
static_assert(sizeof(BlockRecord) == 16);

// False when there is no memory for the record; nothing has changed then.
// A record with the same address is replaced: its block is gone, freed through
// an unchecked door.
bool insert_block(const BlockRecord& record);

// The same for a block that a reallocation has moved already, where failing is
// no longer possible: uses the slots that insert_block leaves empty when the
// table cannot grow. Should even those run out, the block stays unrecorded and
// freeing it is refused: a leak, never a corrupted heap.
void insert_moved_block(const BlockRecord& record);

// Decides, under the lock, whether the record found may be taken out.
using BlockCheck = bool (*)(const BlockRecord& found, void* context);

enum class TakeResult : uint8_t { taken, refused, absent };

// Takes the record out if `check` agrees. With `reserve`, its room stays kept
// until restore_block or drop_reservation, so that putting it back cannot fail.
TakeResult take_block(uintptr_t address, BlockCheck check, void* context, bool reserve,
                      BlockRecord* taken);
void restore_block(const BlockRecord& record);
void drop_reservation(uintptr_t address);

// Removes all records of a backend. O(capacity).
void forget_blocks_of(BackendId backend);

bool find_block(uintptr_t address, BlockRecord* found);
size_t block_table_size();

}  // namespace allomorph

#endif
