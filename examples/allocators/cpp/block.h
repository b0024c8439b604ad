// A piece of a pool: 16 bytes of header, then the payload, a multiple of 16 bytes. Blocks lie
// without gaps; each knows its size and so its successor, and where its predecessor lies.
#pragma once

#include <cstddef>
#include <cstdint>

constexpr std::size_t granule = 16;

constexpr std::size_t round_up(std::size_t size, std::size_t unit) {
  return (size + unit - 1) & ~(unit - 1);
}

struct Block {
  static constexpr std::size_t header = 16;
  // Room for the links of a free block.
  static constexpr std::size_t least_payload = 16;

  static Block* of(void* payload) {
    return reinterpret_cast<Block*>(static_cast<std::uint8_t*>(payload) - header);
  }
  std::uint8_t* payload() {
    return reinterpret_cast<std::uint8_t*>(this) + header;
  }

  std::size_t size() const {
    return size_and_flag & ~free_flag;
  }
  bool is_free() const {
    return (size_and_flag & free_flag) != 0;
  }
  Block* next() {
    return reinterpret_cast<Block*>(payload() + size());
  }

  void set(std::size_t size, bool is_free) {
    size_and_flag = size | (is_free ? free_flag : 0);
  }

  // Cuts the payload to `size` and returns the rest as a block in use. size() must be larger by at
  // least a header and least_payload.
  Block* split(std::size_t size_kept) {
    std::size_t rest = size() - size_kept - header;
    set(size_kept, is_free());
    Block* made = next();
    made->set(rest, false);
    made->previous = this;
    made->next()->previous = made;
    return made;
  }

  bool can_split(std::size_t size_kept) const {
    return size() >= size_kept + header + least_payload;
  }

  // Takes the block behind it in; that one must be in no list.
  void absorb_next() {
    set(size() + header + next()->size(), is_free());
    next()->previous = this;
  }

  static constexpr std::size_t free_flag = 1;

  std::size_t size_and_flag;
  Block* previous;  // in memory; null: the first of its pool
  // Of the list that a free block is in.
  Block* next_free;
  Block* previous_free;
};

static_assert(offsetof(Block, next_free) == Block::header, "the links lie in the payload");
