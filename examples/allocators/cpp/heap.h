// Blocks of up to 1 MiB, cut from pools of 4 MiB. Every function takes constant time, but for the
// system call that makes or returns a pool. Not thread-safe.
#pragma once

#include "free_index.h"

class Heap {
 public:
  static constexpr std::size_t size_max = std::size_t{1} << 20;
  static constexpr std::size_t align_max = 4096;

  // `size` is a multiple of the granule. Null when memory is exhausted.
  void* allocate(std::size_t size, std::size_t align);
  void deallocate(void* payload);

  // Makes the block longer, into free memory behind it, or shorter. False: nothing has changed.
  bool resize(void* payload, std::size_t size);

 private:
  bool add_pool();
  void remove_pool(Block* only);
  void take_back(Block* block);
  void cut(Block* block, std::size_t size);

  FreeIndex index;
  unsigned empty_pools =
      0;  // 0 or 1: one is kept, so that a program at its edge does not map all the time
};
