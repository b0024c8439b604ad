#define _DEFAULT_SOURCE
#define _DARWIN_C_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "platform/cancellation.h"
#include "platform/pages.h"

size_t allomorph_page_size(void) {
  return (size_t)sysconf(_SC_PAGESIZE);
}

static size_t whole_pages(size_t size) {
  const size_t page = allomorph_page_size();
  return (size + page - 1) & ~(page - 1);
}

void* allomorph_map_pages(size_t size) {
  const size_t length = whole_pages(size);
  if (length < size || length == 0) return NULL;
  void* pages = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
  return pages == MAP_FAILED ? NULL : pages;
}

void allomorph_unmap_pages(void* pages, size_t size) {
  munmap(pages, whole_pages(size));
}

int allomorph_forbid_pages(void* pages, size_t size) {
  return mprotect(pages, size, PROT_NONE);
}

int allomorph_permit_pages(void* pages, size_t size) {
  return mprotect(pages, size, PROT_READ | PROT_WRITE);
}

size_t allomorph_most_mappings(void) {
#if defined(__linux__)
  /* The kernel's own default, where /proc is not mounted. */
  size_t mappings = 65530;
  char digits[24];
  const int cancellation = allomorph_cancellation_hold();
  const int fd = open("/proc/sys/vm/max_map_count", O_RDONLY | O_CLOEXEC);
  const ssize_t length = fd < 0 ? 0 : read(fd, digits, sizeof digits - 1);
  if (fd >= 0) close(fd);
  allomorph_cancellation_restore(cancellation);
  if (length > 0) {
    digits[length] = 0;
    mappings = strtoul(digits, NULL, 10);
  }
  return mappings;
#else
  return 0;
#endif
}

void allomorph_yield(void) {
  sched_yield();
}
