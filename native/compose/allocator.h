/*
 * Allocators with state: the five functions of abi/allomorph.h with the allocator itself as
 * first argument, so that they can stand in front of one another. Plain C, and no memory of their
 * own but pages: the same code serves the addon and, preloaded, a whole process whose malloc it is.
 *
 * Everything here obeys the contract of abi/allomorph.h and is thread-safe. An allocator does not
 * own the ones behind it: they outlive it.
 */
#ifndef ALLOMORPH_COMPOSE_ALLOCATOR_H
#define ALLOMORPH_COMPOSE_ALLOCATOR_H

#include <stddef.h>
#include <stdint.h>

#include "abi/allomorph.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct allomorph_allocator allomorph_allocator;

typedef struct allomorph_functions {
  uint8_t* (*allocate)(allomorph_allocator* self, size_t size, size_t align);
  void (*deallocate)(allomorph_allocator* self, uint8_t* ptr, size_t old_size, size_t align);
  uint8_t* (*reallocate)(allomorph_allocator* self, uint8_t* ptr, size_t old_size, size_t size,
                         size_t align);
  size_t (*reallocate_inplace)(allomorph_allocator* self, uint8_t* ptr, size_t old_size,
                               size_t size, size_t align);
  size_t (*usable_size)(allomorph_allocator* self, size_t size, size_t align);
  /* Gives back what the allocator itself occupies. No other call may follow; the blocks that are
     still live stay where they are, unless the allocator's header says otherwise. */
  void (*destroy)(allomorph_allocator* self);
  /* May be null: then the blocks that are live follow from the calls. For an allocator that decides
     itself which calls it goes along with. */
  void (*live)(allomorph_allocator* self, uint64_t* blocks, uint64_t* bytes);
  /* The one that gets every call as it comes. Null: there is none. */
  allomorph_allocator* (*behind)(allomorph_allocator* self);
  /* How many usable bytes a deallocate at that address ends; 0: no block. Null: those of the block,
     as every deallocate is right. Before the call: two at once may both be told that they end it.
   */
  size_t (*ended_by)(allomorph_allocator* self, const uint8_t* ptr);
} allomorph_functions;

/* The head of every allocator. */
struct allomorph_allocator {
  const allomorph_functions* functions;
};

static inline uint8_t* allomorph_allocate(allomorph_allocator* a, size_t size, size_t align) {
  return a->functions->allocate(a, size, align);
}

static inline void allomorph_deallocate(allomorph_allocator* a, uint8_t* ptr, size_t old_size,
                                        size_t align) {
  a->functions->deallocate(a, ptr, old_size, align);
}

static inline uint8_t* allomorph_reallocate(allomorph_allocator* a, uint8_t* ptr, size_t old_size,
                                            size_t size, size_t align) {
  return a->functions->reallocate(a, ptr, old_size, size, align);
}

static inline size_t allomorph_reallocate_inplace(allomorph_allocator* a, uint8_t* ptr,
                                                  size_t old_size, size_t size, size_t align) {
  return a->functions->reallocate_inplace(a, ptr, old_size, size, align);
}

static inline size_t allomorph_usable_size(allomorph_allocator* a, size_t size, size_t align) {
  return a->functions->usable_size(a, size, align);
}

static inline allomorph_allocator* allomorph_behind(allomorph_allocator* a) {
  return a->functions->behind == NULL ? NULL : a->functions->behind(a);
}

/* Who knows what a deallocate ends: `a`, or one behind it. Null: it ends the block. */
static inline allomorph_allocator* allomorph_judge(allomorph_allocator* a) {
  while (a != NULL && a->functions->ended_by == NULL) a = allomorph_behind(a);
  return a;
}

static inline void allomorph_destroy(allomorph_allocator* a) {
  a->functions->destroy(a);
}

#ifdef __cplusplus
}
#endif

#endif
