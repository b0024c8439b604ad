#define _GNU_SOURCE
#include "pages.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>

static void* map(size_t size) {
  void* start =
      mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return start == MAP_FAILED ? NULL : start;
}

void* pages_map(size_t size, size_t align) {
  /* The kernel puts mappings next to each other: below an aligned one of the same size, the next
     one is aligned too, leaves no hole and becomes one area with it. */
  uint8_t* start = map(size);
  if (start == NULL || ((uintptr_t)start & (align - 1)) == 0) return start;
  pages_unmap(start, size);

  if (size > PTRDIFF_MAX - align) return NULL;
  start = map(size + align);
  if (start == NULL) return NULL;
  size_t before = -(uintptr_t)start & (align - 1);
  if (before != 0) pages_unmap(start, before);
  if (before != align) pages_unmap(start + before + size, align - before);
  return start + before;
}

void pages_unmap(void* start, size_t size) {
  /* free() leaves errno alone, and a program may look at it afterwards. */
  int saved = errno;
  munmap(start, size);
  errno = saved;
}

int pages_resize(void* start, size_t old_size, size_t size) {
  int saved = errno;
  int done = mremap(start, old_size, size, 0) != MAP_FAILED;
  errno = saved;
  return done;
}

void* pages_move(void* start, size_t old_size, size_t size) {
  void* moved = mremap(start, old_size, size, MREMAP_MAYMOVE);
  return moved == MAP_FAILED ? NULL : moved;
}
