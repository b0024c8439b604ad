#include "memory.h"

#include <errno.h>
#include <string.h>

#include "blocks.h"
#include "deferred.h"
#include "header.h"
#include "libc_malloc.h"
#include "over_aligned.h"
#include "section.h"

static void* exhausted(void) {
  blocks_after_failure();
  errno = ENOMEM;
  return NULL;
}

/* In a section, as it takes a lock: a fork in a signal handler has to know. */
static bool is_freed(const void* p) {
  struct section* section = section_enter();
  if (section == NULL) return false;
  const bool is_freed = blocks_is_freed(p);
  section_leave(section);
  return is_freed;
}

static bool is_ours(const void* p) {
  if (UNLIKELY(allomorph_has_judge) && is_freed(p)) return false;
  return header_is_ours(p);
}

/* On a pointer that is not. */
static enum verdict judge(void* p) {
  if (LIKELY(!allomorph_has_judge)) return verdict_foreign;
  struct section* section = section_enter();
  if (section == NULL) return verdict_foreign;
  const enum verdict verdict = blocks_judge(p);
  section_leave(section);
  return verdict;
}

/* As with free_ours. */
static __attribute__((noinline)) void* allocate_ours(size_t size) {
  if (UNLIKELY(size > LARGEST_BLOCK)) return exhausted();
  struct section* section = section_enter();
  if (UNLIKELY(section == NULL)) return libc_malloc(size);
  const size_t total = size + least_align;
  uint8_t* start = allomorph_allocate(allomorph_chain, total, least_align);
  section_leave(section);
  if (UNLIKELY(start == NULL)) return exhausted();
  require_least_align(start, total);
  uint8_t* p = start + least_align;
  header_write(p, header_shape(total, least_align_log2));
  return p;
}

void* memory_allocate(size_t size) {
  return section_is_inside() ? libc_malloc(size) : allocate_ours(size);
}

void* memory_allocate_zeroed(size_t size) {
  /* Without a word to the allocator: it has no way to say which of its memory is zeroed. */
  void* p = memory_allocate(size);
  if (LIKELY(p != NULL)) memset(p, 0, size);
  return p;
}

void* memory_allocate_aligned(size_t size, size_t align) {
  if (align <= least_align) return memory_allocate(size);
  if (UNLIKELY(size > LARGEST_BLOCK || align > LARGEST_BLOCK)) return exhausted();
  struct section* section = section_enter();
  if (UNLIKELY(section == NULL)) return libc_memalign(align, size);
  void* p = over_aligned_allocate(size, align);
  section_leave(section);
  return LIKELY(p != NULL) ? p : exhausted();
}

/* Inside the five functions, where the allocator cannot be asked for a larger block. */
static void* move_to_libc(void* p, size_t size) {
  void* moved = libc_malloc(size);
  if (moved == NULL) return NULL;
  const struct block block = header_block(p);
  const size_t held = block.size - block.offset;
  memcpy(moved, p, held < size ? held : size);
  deferred_add(p);
  return moved;
}

/* A block that shrank where it stands and kept most of what it had: the allocator cannot give back
   the end of a block, and perhaps has a smaller one. Bytes. */
static bool is_wasteful(size_t now, size_t wanted) {
  return now / 2 > wanted && now - wanted > 4096;
}

/* The block's new place; its shape is then that of `size` bytes. Null: exhausted. */
static uint8_t* resize(struct block* block, size_t size) {
  allomorph_allocator* chain = allomorph_chain;
  /* All of it: a program may write as far as malloc_usable_size says. */
  const size_t usable = allomorph_usable_size(chain, block->size, block->align);
  const size_t now = allomorph_reallocate_inplace(chain, block->start, usable, size, block->align);
  const bool fits = now >= size;
  if (fits && !is_wasteful(now, size)) {
    block->size = now;
    return block->start;
  }
  uint8_t* moved = allomorph_reallocate(chain, block->start, now, size, block->align);
  if (moved != NULL) {
    block->size = size;
    return moved;
  }
  if (!fits) return NULL;
  block->size = now;
  return block->start;
}

void* memory_reallocate(void* p, size_t size) {
  if (UNLIKELY(!is_ours(p))) {
    const enum verdict verdict = judge(p);
    if (verdict == verdict_foreign) return libc_realloc(p, size);
    if (verdict == verdict_dead) return exhausted();
  }
  if (UNLIKELY(size > LARGEST_BLOCK)) return exhausted();
  struct section* section = section_enter();
  if (UNLIKELY(section == NULL)) return move_to_libc(p, size);
  deferred_free_all();
  struct block block = header_block(p);
  const uint64_t shape = header_of(p)->shape;
  const uint64_t kept = shape & (shape_shifted | shape_align);
  header_erase(p); /* if the block moves, what it leaves behind is nobody's */
  uint8_t* start = resize(&block, size + block.offset);
  section_leave(section);
  if (UNLIKELY(start == NULL)) {
    header_write(p, shape);
    return exhausted();
  }
  require_least_align(start, block.size);
  uint8_t* moved = start + block.offset;
  header_write(moved, ((uint64_t)block.size << shape_bits) | kept);
  return moved;
}

/* Of its own, and not inlined: an allocator that is written over malloc frees through here a second
   time, and shall not save and restore registers that it does not need. */
static __attribute__((noinline)) void free_ours(void* p) {
  struct section* section = section_enter();
  if (UNLIKELY(section == NULL)) {
    deferred_add(p);
    return;
  }
  int* const failure = &errno;
  const int before = *failure;
  const struct block block = header_block(p);
  header_erase(p);
  allomorph_deallocate(allomorph_chain, block.start, block.size, block.align);
  section_leave(section);
  *failure = before;
}

/* Before the header is read: where guard pages are, that of a freed block cannot be. */
static __attribute__((noinline)) void free_judged(void* p) {
  if (!is_ours(p)) {
    const enum verdict verdict = judge(p);
    if (verdict == verdict_foreign) libc_free(p);
    if (verdict != verdict_repaired) return;
  }
  free_ours(p);
}

void memory_free(void* p) {
  if (UNLIKELY(allomorph_has_judge)) {
    free_judged(p);
  } else if (LIKELY(header_is_ours(p))) {
    free_ours(p);
  } else {
    libc_free(p);
  }
}

void memory_free_sized(void* p, size_t size, size_t align) {
  if (UNLIKELY(allomorph_has_judge) && is_ours(p)) {
    const struct block block = header_block(p);
    const size_t claimed = align < least_align ? least_align : align;
    const bool is_right = size == block.size - block.offset && claimed == block.align;
    struct section* section = is_right || header_is_shifted(p) ? NULL : section_enter();
    if (section != NULL) {
      blocks_judge_claim(&block, size, claimed);
      section_leave(section);
    }
  }
  memory_free(p);
}

size_t memory_usable_size(void* p) {
  if (UNLIKELY(!header_is_ours(p))) return libc_usable_size(p);
  const struct block block = header_block(p);
  struct section* section = section_enter();
  if (UNLIKELY(section == NULL)) return block.size - block.offset;
  const size_t usable = allomorph_usable_size(allomorph_chain, block.size, block.align);
  section_leave(section);
  return usable - block.offset;
}
