#include "core/checked.h"

#include <bit>

#include "core/block_table.h"

namespace allomorph {
namespace {

// No platform has more user-space address space than this in one block, and
// BlockRecord::size has 48 bits.
constexpr size_t largest_size = (uint64_t{1} << 48) - 1 < SIZE_MAX / 2
                                    ? static_cast<size_t>((uint64_t{1} << 48) - 1)
                                    : SIZE_MAX / 2;

BlockRecord record_of(const Backend& backend, const uint8_t* ptr, size_t size, size_t align) {
  BlockRecord record{};
  record.address = reinterpret_cast<uintptr_t>(ptr);
  record.size = size & largest_size;
  record.align_log2 = static_cast<uint8_t>(std::countr_zero(align));
  record.backend = static_cast<uint8_t>(backend.id) & 0x7f;
  return record;
}

struct Claim {
  const Backend& backend;
  size_t old_size;
  size_t align;
  BlockFault fault = BlockFault::none;
};

bool check_claim(const BlockRecord& found, void* context) {
  auto& claim = *static_cast<Claim*>(context);
  const size_t size = found.size;
  if (found.backend_id() != claim.backend.id) {
    claim.fault = BlockFault::foreign;
  } else if (found.align() != claim.align) {
    claim.fault = BlockFault::wrong_alignment;
  } else if (found.size_is_usable
                 ? claim.old_size > size
                 : claim.old_size != size &&
                       (claim.old_size < size ||
                        claim.old_size > claim.backend.abi.usable_size(size, claim.align))) {
    claim.fault = BlockFault::wrong_size;
  }
  return claim.fault == BlockFault::none;
}

// What the backend is told. Not the caller's figure after a shrink that left the
// block in its old size class: sdallocx would free into the wrong class.
size_t true_size(const BlockRecord& block, const Claim& claim) {
  return block.size_is_usable ? static_cast<size_t>(block.size) : claim.old_size;
}

BlockFault take(Claim& claim, uintptr_t address, bool reserve, BlockRecord* taken) {
  const TakeResult result = take_block(address, check_claim, &claim, reserve, taken);
  return result == TakeResult::absent ? BlockFault::unknown : claim.fault;
}

}  // namespace

uint8_t* checked_allocate(const Backend& backend, size_t size, size_t align) {
  if (size > largest_size) return nullptr;
  uint8_t* ptr = backend.abi.allocate(size, align);
  if (ptr == nullptr) return nullptr;
  if (!insert_block(record_of(backend, ptr, size, align))) {
    backend.abi.deallocate(ptr, size, align);
    return nullptr;
  }
  return ptr;
}

BlockFault checked_deallocate(const Backend& backend, uintptr_t address, size_t old_size,
                              size_t align) {
  Claim claim{backend, old_size, align};
  BlockRecord block;
  const BlockFault fault = take(claim, address, false, &block);
  if (fault != BlockFault::none) return fault;
  backend.abi.deallocate(reinterpret_cast<uint8_t*>(address), true_size(block, claim), align);
  return BlockFault::none;
}

Reallocated checked_reallocate(const Backend& backend, uintptr_t address, size_t old_size,
                               size_t size, size_t align) {
  Claim claim{backend, old_size, align};
  BlockRecord block;
  const BlockFault fault = take(claim, address, true, &block);
  if (fault != BlockFault::none) return {nullptr, fault};
  uint8_t* moved = size > largest_size
                       ? nullptr
                       : backend.abi.reallocate(reinterpret_cast<uint8_t*>(address),
                                                true_size(block, claim), size, align);
  if (moved == nullptr) {
    restore_block(block);
    return {nullptr, BlockFault::none};
  }
  if (reinterpret_cast<uintptr_t>(moved) == address) {
    restore_block(record_of(backend, moved, size, align));
    return {moved, BlockFault::none};
  }
  // From here the old address may be another thread's block already; only the
  // room that was kept for it is given up, never a record at that address.
  drop_reservation(address);
  insert_moved_block(record_of(backend, moved, size, align));
  return {moved, BlockFault::none};
}

Resized checked_reallocate_inplace(const Backend& backend, uintptr_t address, size_t old_size,
                                   size_t size, size_t align) {
  Claim claim{backend, old_size, align};
  BlockRecord block;
  const BlockFault fault = take(claim, address, true, &block);
  if (fault != BlockFault::none) return {0, fault};
  const size_t usable = size > largest_size
                            ? backend.abi.usable_size(block.size, align)
                            : backend.abi.reallocate_inplace(reinterpret_cast<uint8_t*>(address),
                                                             true_size(block, claim), size, align);
  if (usable >= size) {
    const bool in_class = backend.abi.usable_size(size, align) == usable;
    block.size_is_usable = !in_class;
    block.size = (in_class ? size : usable) & largest_size;
  }
  restore_block(block);
  return {usable, BlockFault::none};
}

}  // namespace allomorph
