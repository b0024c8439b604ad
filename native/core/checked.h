// The five functions with every misuse that ABI.md calls undefined found and
// refused. A refused call changes nothing.
#ifndef ALLOMORPH_CORE_CHECKED_H
#define ALLOMORPH_CORE_CHECKED_H

#include <cstddef>
#include <cstdint>

#include "core/backend.h"

namespace allomorph {

// Why a block was refused. The values are the contract with lib/native.
enum class BlockFault : int8_t {
  none = 0,
  unknown = -1,     // not a live block: never allocated here, or freed already
  foreign = -2,     // live, but of another backend
  wrong_size = -3,  // old_size outside [requested, usable]
  wrong_alignment = -4,
};

struct Reallocated {
  uint8_t* ptr;  // null with fault none: memory is exhausted, the old block is intact
  BlockFault fault;
};

struct Resized {
  size_t usable;
  BlockFault fault;
};

// Preconditions of all: 0 < size < 2^48 is not required but larger sizes are
// exhausted by definition; align a power of two.
uint8_t* checked_allocate(const Backend& backend, size_t size, size_t align);
BlockFault checked_deallocate(const Backend& backend, uintptr_t address, size_t old_size,
                              size_t align);
Reallocated checked_reallocate(const Backend& backend, uintptr_t address, size_t old_size,
                               size_t size, size_t align);
Resized checked_reallocate_inplace(const Backend& backend, uintptr_t address, size_t old_size,
                                   size_t size, size_t align);

}  // namespace allomorph

#endif
