/*
 * Which of three kinds a block is, and how large it really is, from `size` and `align` alone. The
 * ABI hands both back with every call, so a block needs no header to be found again.
 *
 * What must hold: every old_size from the requested to the usable size leads to the same answer.
 *
 *   small   class sizes 16, 32 … 128, then four to a doubling up to 32 KiB; slots of a span
 *   large   four to a doubling up to 4 MiB; mappings of their own, kept for reuse
 *   mapped  everything larger, and what is aligned to more than a page; mappings of their own
 */
#ifndef SIZE_CLASSES_H
#define SIZE_CLASSES_H

#include <stddef.h>
#include <stdint.h>

enum { small_classes = 40, large_classes = 28, all_classes = small_classes + large_classes };

#define SMALL_MAX ((size_t)32 << 10)
#define LARGE_MAX ((size_t)4 << 20)

/* The smallest page of any platform; class sizes beyond it are multiples of it. */
#define PAGE_ALIGN ((size_t)4 << 10)

/* The largest page of any platform: a mapping can be cut at its multiples. */
#define MAPPED_UNIT ((size_t)64 << 10)

/* The class of blocks for `size` bytes, 1 to LARGE_MAX. */
static inline unsigned class_of_size(size_t size) {
  if (size <= 128) return (unsigned)((size - 1) >> 4);
  unsigned exponent = 63U - (unsigned)__builtin_clzll((unsigned long long)(size - 1));
  unsigned quarter = (unsigned)((size - 1) >> (exponent - 2)) & 3U;
  return 8 + (exponent - 7) * 4 + quarter;
}

static inline size_t size_of_class(unsigned size_class) {
  if (size_class < 8) return ((size_t)size_class + 1) << 4;
  unsigned exponent = 7 + (size_class - 8) / 4;
  return ((size_t)1 << exponent) + ((size_t)((size_class - 8) % 4 + 1) << (exponent - 2));
}

/* A class, or all_classes for a block that is `mapped`. */
static inline unsigned class_of(size_t size, size_t align) {
  if (size > LARGE_MAX || align > PAGE_ALIGN) return all_classes;
  unsigned size_class = class_of_size(size > align ? size : align);
  /* Slots are aligned as their size is. Powers of two are classes: the search ends after 3 steps.
   */
  while ((size_of_class(size_class) & (align - 1)) != 0) size_class++;
  return size_class;
}

/* `size` + MAPPED_UNIT must not overflow. */
static inline size_t mapped_size(size_t size) {
  return (size + MAPPED_UNIT - 1) & ~(MAPPED_UNIT - 1);
}

#endif
