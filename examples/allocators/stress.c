/*
 * Many threads on five functions, linked in, so that a sanitizer or valgrind sees the sources.
 *
 * Every block is filled with a pattern that is verified before it is resized and freed. Blocks pass
 * from thread to thread, and one thread forks children that go on working. Argument: the seed.
 * README.md has the commands.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

uint8_t* __rust_allocate(size_t size, size_t align);
void __rust_deallocate(uint8_t* ptr, size_t old_size, size_t align);
uint8_t* __rust_reallocate(uint8_t* ptr, size_t old_size, size_t size, size_t align);
size_t __rust_reallocate_inplace(uint8_t* ptr, size_t old_size, size_t size, size_t align);
size_t __rust_usable_size(size_t size, size_t align);

enum { threads = 4, slots = 512 };

#ifndef STEPS
#define STEPS 40000
#endif

typedef struct block {
  uint8_t* start;
  size_t asked, align;
  uint8_t pattern;
} block;

/* A slot is taken out, worked on without the lock, and put back. */
static struct {
  pthread_mutex_t mutex;
  block held;
} shared[slots];

static uint64_t next(uint64_t* state) {
  uint64_t z = (*state += 0x9E3779B97F4A7C15U);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

static void fail(const char* what, const block* of) {
  fprintf(stderr, "%s: block %p, size %zu, alignment %zu\n", what, (void*)of->start, of->asked,
          of->align);
  abort();
}

/* Mostly small, as programs are; now and then megabytes. */
static size_t random_size(uint64_t* state) {
  uint64_t kind = next(state) % 1000;
  unsigned bits = kind < 800 ? 9 : kind < 980 ? 15 : kind < 999 ? 19 : 23;
  return 1 + next(state) % ((size_t)1 << bits);
}

static size_t random_align(uint64_t* state) {
  uint64_t kind = next(state) % 1000;
  return (size_t)1 << next(state) % (kind < 900 ? 5 : kind < 997 ? 13 : 22);
}

/* Both ends: what an overlap or a lost tail would change. */
static void fill(block* of) {
  size_t part = of->asked < 4096 ? of->asked : 4096;
  memset(of->start, of->pattern, part);
  memset(of->start + of->asked - part, of->pattern, part);
}

static void verify(const block* of, size_t size) {
  size_t part = size < 4096 ? size : 4096;
  for (size_t at = 0; at < part; at++) {
    if (of->start[at] != of->pattern) fail("content lost", of);
  }
  if (size < of->asked) return;
  for (size_t at = size - part; at < size; at++) {
    if (of->start[at] != of->pattern) fail("content lost at the end", of);
  }
}

static void placed(const block* of) {
  if (((uintptr_t)of->start & (of->align - 1)) != 0) fail("under-aligned", of);
}

/* Any value that the contract allows. */
static size_t old_size(const block* of, uint64_t* state) {
  size_t usable = __rust_usable_size(of->asked, of->align);
  if (usable < of->asked) fail("usable size below the size", of);
  return of->asked + next(state) % (usable - of->asked + 1);
}

static void allocate(block* of, uint64_t* state) {
  of->asked = random_size(state);
  of->align = random_align(state);
  of->pattern = (uint8_t)next(state);
  of->start = __rust_allocate(of->asked, of->align);
  if (of->start == NULL) return;
  placed(of);
  fill(of);
}

static void resize(block* of, uint64_t* state) {
  size_t size = random_size(state);
  size_t kept = size < of->asked ? size : of->asked;
  if (next(state) % 2 == 0) {
    size_t usable = __rust_reallocate_inplace(of->start, old_size(of, state), size, of->align);
    verify(of, kept);
    if (usable < of->asked && usable < size) fail("a failed call has shrunk it", of);
    of->asked = usable;
  } else {
    uint8_t* moved = __rust_reallocate(of->start, old_size(of, state), size, of->align);
    if (moved == NULL) return;
    of->start = moved;
    placed(of);
    verify(of, kept);
    of->asked = size;
  }
  fill(of);
}

static void step(uint64_t* state) {
  size_t index = next(state) % slots;
  block own;
  pthread_mutex_lock(&shared[index].mutex);
  own = shared[index].held;
  shared[index].held.start = NULL;
  pthread_mutex_unlock(&shared[index].mutex);

  if (own.start == NULL) {
    allocate(&own, state);
  } else {
    verify(&own, own.asked);
    if (next(state) % 3 == 0) {
      resize(&own, state);
    } else {
      __rust_deallocate(own.start, old_size(&own, state), own.align);
      own.start = NULL;
    }
  }
  if (own.start == NULL) return;

  pthread_mutex_lock(&shared[index].mutex);
  block other = shared[index].held;
  shared[index].held = own;
  pthread_mutex_unlock(&shared[index].mutex);
  if (other.start != NULL) {
    verify(&other, other.asked);
    __rust_deallocate(other.start, other.asked, other.align);
  }
}

static void* work(void* seed) {
  uint64_t state = *(uint64_t*)seed;
  for (int done = 0; done < STEPS; done++) step(&state);
  return NULL;
}

/* The child owns what it makes: of the shared blocks, some may have been half written. */
static void child(uint64_t state) {
  static block own[64];
  for (int done = 0; done < 5000; done++) {
    block* each = &own[next(&state) % 64];
    if (each->start == NULL) {
      allocate(each, &state);
    } else {
      verify(each, each->asked);
      __rust_deallocate(each->start, each->asked, each->align);
      each->start = NULL;
    }
  }
  _exit(0);
}

static void fork_children(uint64_t* state) {
#ifndef NO_FORK
  for (int made = 0; made < 20; made++) {
    pid_t pid = fork();
    if (pid == 0) child(next(state));
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
      fprintf(stderr, "a child ended with status %d\n", status);
      abort();
    }
  }
#else
  (void)state;
  (void)child;
#endif
}

/* Larger than any address space. */
static void exhaust(void) {
  for (size_t align = 1; align <= (size_t)1 << 21; align *= 2) {
    for (unsigned bit = 48; bit < 64; bit++) {
      size_t size = ((size_t)1 << bit) - 1;
      block of = {__rust_allocate(size, align), size, align, 0};
      if (of.start != NULL) fail("more memory than there is", &of);
      if (__rust_usable_size(size, align) < size) fail("usable size overflows", &of);
    }
  }
  block of = {__rust_allocate(100, 64), 100, 64, 7};
  fill(&of);
  if (__rust_reallocate(of.start, 100, SIZE_MAX / 2, 64) != NULL) fail("too much", &of);
  verify(&of, 100);
  __rust_deallocate(of.start, 100, 64);
}

int main(int count, char** arguments) {
  uint64_t seed = count > 1 ? strtoull(arguments[1], NULL, 10) : 1;
  printf("seed %llu\n", (unsigned long long)seed);
  fflush(stdout);
  exhaust();
  for (int index = 0; index < slots; index++) pthread_mutex_init(&shared[index].mutex, NULL);
  for (int round = 0; round < 3; round++) {
    pthread_t ids[threads];
    uint64_t seeds[threads];
    for (int index = 0; index < threads; index++) {
      seeds[index] = next(&seed);
      pthread_create(&ids[index], NULL, work, &seeds[index]);
    }
    fork_children(&seed);
    for (int index = 0; index < threads; index++) pthread_join(ids[index], NULL);
  }
  for (int index = 0; index < slots; index++) {
    block* each = &shared[index].held;
    if (each->start == NULL) continue;
    verify(each, each->asked);
    __rust_deallocate(each->start, each->asked, each->align);
  }
  puts("passed");
  return 0;
}
