// One sample of suite `malloc`: a loop of malloc and free on whatever allocator
// the process was started on.
//
//   malloc_pair PATTERN SIZES THREADS
//
// PATTERN  pair: each block is freed before the next is allocated.
//          batch: 1,000 blocks live, then all freed in the order of allocation.
// SIZES    small (64 bytes), mixed (16 bytes to 4 KiB), large (64 KiB: beyond
//          the thread caches of most allocators).
// THREADS  each does the same, on memory of its own.

#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "library_of_malloc.h"

enum { max_threads = 16, batch_size = 1000, size_count = 16 };

// As in bench/harness/timing.ts.
static const double target_nanoseconds = 300e6;

static const size_t small_sizes[size_count] = {64, 64, 64, 64, 64, 64, 64, 64,
                                               64, 64, 64, 64, 64, 64, 64, 64};
static const size_t mixed_sizes[size_count] = {16, 48, 320, 24,  96,  1024, 32,  160,
                                               64, 40, 640, 128, 256, 2048, 512, 4096};
static const size_t large_sizes[size_count] = {65536, 65536, 65536, 65536, 65536, 65536,
                                               65536, 65536, 65536, 65536, 65536, 65536,
                                               65536, 65536, 65536, 65536};

typedef void (*Loop)(const size_t* sizes, uint64_t count);

typedef struct {
  Loop loop;
  const size_t* sizes;
  uint64_t count;
  pthread_barrier_t* barrier;
  double nanoseconds;
} Work;

// The block is written to, as every real block is; `volatile` keeps the compiler
// from seeing that nobody reads it.
static void* touched(size_t size) {
  void* block = malloc(size);
  if (block == NULL) abort();
  *(volatile unsigned char*)block = 1;
  return block;
}

static void pairs(const size_t* sizes, uint64_t count) {
  for (uint64_t done = 0; done < count; done++) free(touched(sizes[done % size_count]));
}

static void batches(const size_t* sizes, uint64_t count) {
  void* blocks[batch_size];
  for (uint64_t done = 0; done < count; done += batch_size) {
    for (size_t index = 0; index < batch_size; index++) {
      blocks[index] = touched(sizes[index % size_count]);
    }
    for (size_t index = 0; index < batch_size; index++) free(blocks[index]);
  }
}

// Processor time: other programs on the machine that take turns with this one do
// not count, and what a thread burns while it waits for a lock does.
static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void* work(void* argument) {
  Work* own = argument;
  pthread_barrier_wait(own->barrier);
  const double start = now();
  own->loop(own->sizes, own->count);
  own->nanoseconds = now() - start;
  return NULL;
}

// Of one thread, on average.
static double elapsed_in(Work each, unsigned threads) {
  pthread_t ids[max_threads];
  Work works[max_threads];
  pthread_barrier_t barrier;
  pthread_barrier_init(&barrier, NULL, threads);
  each.barrier = &barrier;
  for (unsigned index = 0; index < threads; index++) {
    works[index] = each;
    if (pthread_create(&ids[index], NULL, work, &works[index]) != 0) abort();
  }
  double sum = 0;
  for (unsigned index = 0; index < threads; index++) {
    pthread_join(ids[index], NULL);
    sum += works[index].nanoseconds;
  }
  pthread_barrier_destroy(&barrier);
  return sum / threads;
}

static uint64_t count_for_target(Work each, unsigned threads) {
  each.count = 10 * batch_size;
  double elapsed = elapsed_in(each, threads);
  while (elapsed < target_nanoseconds / 2) {
    each.count *= 2;
    elapsed = elapsed_in(each, threads);
  }
  const double count = (double)each.count * target_nanoseconds / elapsed;
  return ((uint64_t)count / batch_size + 1) * batch_size;
}

static const size_t* sizes_of(const char* name) {
  if (strcmp(name, "small") == 0) return small_sizes;
  if (strcmp(name, "mixed") == 0) return mixed_sizes;
  if (strcmp(name, "large") == 0) return large_sizes;
  return NULL;
}

static Loop loop_of(const char* name) {
  if (strcmp(name, "pair") == 0) return pairs;
  if (strcmp(name, "batch") == 0) return batches;
  return NULL;
}

int main(int argc, char** argv) {
  Work each = {0};
  unsigned threads = 0;
  if (argc == 4) {
    each.loop = loop_of(argv[1]);
    each.sizes = sizes_of(argv[2]);
    threads = (unsigned)strtoul(argv[3], NULL, 10);
  }
  if (each.loop == NULL || each.sizes == NULL || threads < 1 || threads > max_threads) {
    fprintf(stderr, "usage: %s pair|batch small|mixed|large THREADS (1 to %d)\n", argv[0],
            max_threads);
    return 2;
  }
  each.count = count_for_target(each, threads);
  const double nanoseconds = elapsed_in(each, threads);
  printf("{\"nanoseconds\":%.0f,\"operations\":%llu,\"library\":\"%s\"}\n", nanoseconds,
         (unsigned long long)each.count, library_of_malloc());
  return 0;
}
