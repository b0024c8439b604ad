#include "heap.h"

#include "pages.h"

namespace {

constexpr std::size_t pool_size = std::size_t{4} << 20;

// A new pool is one free block, and a block in use without payload that marks its end.
constexpr std::size_t whole_pool = pool_size - 2 * Block::header;

static_assert(whole_pool <= FreeIndex::largest);

}  // namespace

void* Heap::allocate(std::size_t size, std::size_t align) {
  // Room for a free block in front of the first aligned place.
  std::size_t needed =
      align <= granule ? size : size + align + Block::header + Block::least_payload;
  Block* block = index.find(needed);
  if (block == nullptr) {
    if (!add_pool()) return nullptr;
    block = index.find(needed);
  }
  if (block->size() == whole_pool) empty_pools--;
  index.remove(block);
  block->set(block->size(), false);

  auto start = reinterpret_cast<std::uintptr_t>(block->payload());
  if ((start & (align - 1)) != 0) {
    std::uintptr_t aligned = round_up(start + Block::header + Block::least_payload, align);
    Block* front = block;
    block = front->split(aligned - start - Block::header);
    front->set(front->size(), true);
    index.add(front);
  }
  cut(block, size);
  return block->payload();
}

void Heap::deallocate(void* payload) {
  take_back(Block::of(payload));
}

bool Heap::resize(void* payload, std::size_t size) {
  Block* block = Block::of(payload);
  if (block->size() < size) {
    Block* behind = block->next();
    if (!behind->is_free() || block->size() + Block::header + behind->size() < size) return false;
    index.remove(behind);
    block->absorb_next();
  }
  cut(block, size);
  return true;
}

// Frees what a block in use has beyond `size`.
void Heap::cut(Block* block, std::size_t size) {
  if (block->can_split(size)) take_back(block->split(size));
}

void Heap::take_back(Block* block) {
  if (block->next()->is_free()) {
    index.remove(block->next());
    block->absorb_next();
  }
  Block* before = block->previous;
  if (before != nullptr && before->is_free()) {
    index.remove(before);
    before->absorb_next();
    block = before;
  }
  if (block->size() == whole_pool) {
    if (empty_pools > 0) {
      remove_pool(block);
      return;
    }
    empty_pools++;
  }
  block->set(block->size(), true);
  index.add(block);
}

bool Heap::add_pool() {
  auto* block = static_cast<Block*>(pages_map(pool_size, align_max));
  if (block == nullptr) return false;
  block->set(whole_pool, true);
  block->previous = nullptr;
  block->next()->set(0, false);
  block->next()->previous = block;
  index.add(block);
  empty_pools++;
  return true;
}

void Heap::remove_pool(Block* only) {
  pages_unmap(only, pool_size);
}
