// One sample of suite `interposer`: a loop of allocating and freeing blocks of one size.
//
//   interposed_pair malloc SIZE           by malloc and free, whatever these are
//   interposed_pair five SIZE LIBRARY     by the library's __rust_allocate and __rust_deallocate

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "library_of_malloc.h"

// As in bench/harness/timing.ts.
static const double target_nanoseconds = 300e6;

static uint8_t* (*allocate)(size_t size, size_t align);
static void (*deallocate)(uint8_t* ptr, size_t old_size, size_t align);

typedef void (*Loop)(size_t size, uint64_t count);

// `volatile` keeps the compiler from seeing that nobody reads what is written.
static void by_malloc(size_t size, uint64_t count) {
  for (uint64_t done = 0; done < count; done++) {
    void* block = malloc(size);
    *(volatile unsigned char*)block = 1;
    free(block);
  }
}

static void by_five(size_t size, uint64_t count) {
  for (uint64_t done = 0; done < count; done++) {
    uint8_t* block = allocate(size, 16);
    *(volatile uint8_t*)block = 1;
    deallocate(block, size, 16);
  }
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static double elapsed_in(Loop loop, size_t size, uint64_t count) {
  const double start = now();
  loop(size, count);
  return now() - start;
}

static int load(const char* file) {
  void* library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    return -1;
  }
  *(void**)&allocate = dlsym(library, "__rust_allocate");
  *(void**)&deallocate = dlsym(library, "__rust_deallocate");
  return allocate != NULL && deallocate != NULL ? 0 : -1;
}

int main(int argc, char** argv) {
  const size_t size = argc >= 3 ? strtoul(argv[2], NULL, 10) : 0;
  Loop loop = NULL;
  if (argc == 3 && strcmp(argv[1], "malloc") == 0) loop = by_malloc;
  if (argc == 4 && strcmp(argv[1], "five") == 0 && load(argv[3]) == 0) loop = by_five;
  if (loop == NULL || size == 0) {
    fprintf(stderr, "usage: %s malloc SIZE | five SIZE LIBRARY\n", argv[0]);
    return 2;
  }
  uint64_t count = 10000;
  double elapsed = elapsed_in(loop, size, count);
  while (elapsed < target_nanoseconds / 2) {
    count *= 2;
    elapsed = elapsed_in(loop, size, count);
  }
  count = (uint64_t)((double)count * target_nanoseconds / elapsed);
  const double nanoseconds = elapsed_in(loop, size, count);
  printf("{\"nanoseconds\":%.0f,\"operations\":%llu,\"library\":\"%s\"}\n", nanoseconds,
         (unsigned long long)count, library_of_malloc());
  return 0;
}
