// Many threads on one allocator at a time: the part of the conformance suite that JavaScript
// cannot run.
#ifndef ALLOMORPH_CORE_CONTENTION_H
#define ALLOMORPH_CORE_CONTENTION_H

#include <cstddef>
#include <cstdint>

#include "abi/allomorph.h"

namespace allomorph {

enum class ContentionFault : uint8_t {
  none,
  exhausted,   // allocate or reallocate gave null
  no_memory,   // `address` lies where systems have no memory, in the first 64 KiB
  misaligned,  // `address` is not a multiple of `align`
  overwritten  // the block does not hold, at `offset`, what the thread that filled it wrote
};

struct Contention {
  ContentionFault fault;
  uintptr_t address;
  size_t size;
  size_t align;
  size_t offset;
  size_t calls;  // of allocate, deallocate and reallocate, by all threads
};

// Each of `threads` does `rounds` steps: it allocates a block of up to 64 KiB and 16 bytes of
// alignment, mostly small, fills it, and swaps it for one that some thread has left; that one it
// verifies and frees, or reallocates and verifies again. All blocks are given back, unless a fault
// was found: then whether they can be is not known. The first fault is returned.
Contention contend(const allomorph_abi& abi, size_t threads, size_t rounds, uint64_t seed);

}  // namespace allomorph

#endif
