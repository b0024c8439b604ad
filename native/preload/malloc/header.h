/*
 * What stands before each block of ours: free carries neither size nor alignment.
 *
 *   |<------------ offset ----------->|
 *   start ...  [shift]  size  check   p ...
 *
 * `offset` is least_align for blocks that are aligned no further, and the alignment for others. An
 * allocator that does not align so far gives a larger block instead, in which p is shifted to where
 * it has to be; `shift` then holds the offset.
 */
#ifndef ALLOMORPH_PRELOAD_HEADER_H
#define ALLOMORPH_PRELOAD_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "interposer.h"

struct header {
  uint64_t shape; /* size << 8 | shifted << 7 | log2 of the alignment */
  uint64_t check; /* right for no other address, and unknown to whoever overwrites it */
};
_Static_assert(sizeof(struct header) == least_align, "the header keeps blocks aligned");

enum { shape_shifted = 1 << 7, shape_align = 63, shape_bits = 8 };

/* More is beyond every address space, and refused before an allocator is asked. Bytes. */
#define LARGEST_BLOCK ((size_t)1 << 54)

/* Different in each process. */
extern uint64_t allomorph_secret INTERNAL;

/* A block as its allocator knows it. */
struct block {
  uint8_t* start;
  size_t size; /* the old_size to pass */
  size_t align;
  size_t offset;
};

static inline struct header* header_of(const void* p) {
  return (struct header*)((uintptr_t)p - sizeof(struct header));
}

static inline uint64_t header_check(const void* p, uint64_t shape) {
  return (uint64_t)(uintptr_t)p ^ shape ^ allomorph_secret;
}

/* False: the C library's, made before this library was ready or inside the five functions. There
   the same words hold what it keeps of a block, so they can always be read. */
static inline bool header_is_ours(const void* p) {
  const struct header* header = header_of(p);
  return header->check == header_check(p, header->shape);
}

static inline void header_write(void* p, uint64_t shape) {
  *header_of(p) = (struct header){shape, header_check(p, shape)};
}

/* A block that is freed is nobody's. */
static inline void header_erase(void* p) {
  header_of(p)->check = 0;
}

static inline size_t* header_shift(const void* p) {
  return (size_t*)((uintptr_t)header_of(p) - sizeof(size_t));
}

/* Its start and alignment are not those that its owner asked for. */
static inline bool header_is_shifted(const void* p) {
  return (header_of(p)->shape & shape_shifted) != 0;
}

static inline struct block header_block(void* p) {
  const uint64_t shape = header_of(p)->shape;
  struct block block;
  block.size = (size_t)(shape >> shape_bits);
  block.align = (size_t)1 << (shape & shape_align);
  block.offset = UNLIKELY((shape & shape_shifted) != 0) ? *header_shift(p)
                 : block.align < least_align            ? least_align
                                                        : block.align;
  block.start = (uint8_t*)p - block.offset;
  return block;
}

static inline uint64_t header_shape(size_t size, unsigned align_log2) {
  return ((uint64_t)size << shape_bits) | align_log2;
}

#endif
