/*
 * A random program over the malloc family, on whatever malloc the process has:
 *
 *   malloc_stress SEED SECONDS THREADS
 *
 * Each block is filled with a pattern of its own up to what malloc_usable_size says, and verified
 * before it is freed or resized and after a move. Blocks wander between threads. Threads fork while
 * others allocate, and the child works with what it inherited. The first thing that is wrong ends
 * the process with the seed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The interposer has it also where the C library has not: musl. */
void* pvalloc(size_t size);

enum { slots = 300, mailboxes = 64, most_threads = 64, fork_seconds = 60 };

struct block {
  uint8_t* p; /* null: none */
  size_t size;
  size_t align;
  uint64_t tag;
};

struct mailbox {
  pthread_mutex_t mutex;
  struct block block;
};

struct worker {
  uint64_t random;
  uint64_t operations, forks;
  struct block blocks[slots];
};

static uint64_t seed;
static atomic_bool stop;
static struct mailbox boxes[mailboxes];
/* No fork while a thread is being made: glibc 2.36 frees a cached stack's thread-local blocks
   before it forgets them (get_cached_stack), and a child forked in between frees them again with
   its first thread. */
static pthread_mutex_t births = PTHREAD_MUTEX_INITIALIZER;
/* The compiler must not know what these do. */
static void* (*volatile malloc_)(size_t) = malloc;
static void* (*volatile calloc_)(size_t, size_t) = calloc;
static void* (*volatile realloc_)(void*, size_t) = realloc;

static _Noreturn __attribute__((format(printf, 1, 2))) void wrong(const char* form, ...) {
  char text[512];
  va_list parts;
  va_start(parts, form);
  vsnprintf(text, sizeof text, form, parts);
  va_end(parts);
  dprintf(STDERR_FILENO, "malloc_stress: seed %llu: %s\n", (unsigned long long)seed, text);
  abort();
}

/* splitmix64 */
static uint64_t next(struct worker* worker) {
  uint64_t mixed = worker->random += UINT64_C(0x9E3779B97F4A7C15);
  mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94D049BB133111EB);
  return mixed ^ (mixed >> 31);
}

static size_t below(struct worker* worker, size_t limit) {
  return (size_t)(next(worker) % limit);
}

/* Mostly small, some beyond every class of an allocator. */
static size_t random_size(struct worker* worker) {
  const size_t kind = below(worker, 100);
  if (kind < 2) return 0;
  if (kind < 70) return 1 + below(worker, 256);
  if (kind < 95) return 1 + below(worker, 16 << 10);
  return 1 + below(worker, 512 << 10);
}

static uint8_t pattern(uint64_t tag, size_t index) {
  return (uint8_t)(tag + index * 131 + (index >> 8));
}

/* All of a small block, both ends of a large one. */
static size_t next_index(size_t index, size_t size) {
  enum { edge = 600 };
  return index == edge && size > 4 * edge ? size - edge : index + 1;
}

static void fill(const struct block* block) {
  for (size_t index = 0; index < block->size; index = next_index(index, block->size)) {
    block->p[index] = pattern(block->tag, index);
  }
}

/* The first `size` bytes of a block that was filled as `filled`. */
static void verify(const struct block* filled, const uint8_t* p, size_t size, const char* when) {
  for (size_t index = 0; index < size; index = next_index(index, filled->size)) {
    if (p[index] != pattern(filled->tag, index)) {
      wrong("%s: byte %zu of the %zu of %p is %d", when, index, filled->size, (const void*)p,
            p[index]);
    }
  }
}

static void check_place(const void* p, size_t align) {
  if (p == NULL) wrong("exhausted");
  if (((uintptr_t)p & (align - 1)) != 0) wrong("%p is not aligned to %zu", p, align);
}

static void take(struct worker* worker, struct block* block, void* p, size_t size, size_t align) {
  check_place(p, align);
  const size_t usable = malloc_usable_size(p);
  if (usable < size) wrong("usable size %zu of %zu bytes", usable, size);
  const bool to_the_end = next(worker) % 2 == 0;
  *block = (struct block){p, to_the_end ? usable : size, align, next(worker)};
  fill(block);
}

static void release(struct block* block) {
  verify(block, block->p, block->size, "free");
  errno = EDOM;
  free(block->p);
  if (errno != EDOM) wrong("free changed errno");
  block->p = NULL;
}

static void* aligned(struct worker* worker, size_t size, size_t* align) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  *align = (size_t)1 << (3 + below(worker, 11));
  void* p = NULL;
  switch (below(worker, 5)) {
    case 0:
      if (posix_memalign(&p, *align, size) != 0) wrong("posix_memalign");
      return p;
    case 1:
      return aligned_alloc(*align, size);
    case 2:
      return memalign(*align, size);
    case 3:
      *align = page;
      return valloc(size);
    default:
      *align = page;
      p = pvalloc(size);
      if (p != NULL && malloc_usable_size(p) < page * (size != 0)) wrong("pvalloc is no page");
      return p;
  }
}

static void allocate(struct worker* worker, struct block* block) {
  const size_t size = random_size(worker);
  size_t align = 16;
  switch (below(worker, 4)) {
    case 0: {
      uint8_t* p = calloc_(1 + size / 8, 8);
      check_place(p, 16);
      for (size_t index = 0; index < 8 * (1 + size / 8); index++) {
        if (p[index] != 0) wrong("calloc: byte %zu of %zu is %d", index, size, p[index]);
      }
      take(worker, block, p, size, 16);
      return;
    }
    case 1: {
      void* p = aligned(worker, size, &align);
      take(worker, block, p, size, align);
      return;
    }
    default:
      take(worker, block, malloc_(size), size, 16);
  }
}

static void resize(struct worker* worker, struct block* block) {
  const size_t size = random_size(worker);
  if (size == 0) {
    verify(block, block->p, block->size, "realloc to nothing");
    if (realloc_(block->p, 0) != NULL) wrong("realloc to nothing gave a block");
    block->p = NULL;
    return;
  }
  const struct block before = *block;
  verify(&before, before.p, before.size, "before realloc");
  void* p = next(worker) % 4 == 0 ? reallocarray(before.p, size, 1) : realloc_(before.p, size);
  check_place(p, 16);
  verify(&before, p, before.size < size ? before.size : size, "after realloc");
  take(worker, block, p, size, 16);
}

static void exchange(struct worker* worker, struct block* block) {
  struct mailbox* box = &boxes[below(worker, mailboxes)];
  pthread_mutex_lock(&box->mutex);
  const struct block theirs = box->block;
  box->block = *block;
  pthread_mutex_unlock(&box->mutex);
  *block = theirs;
}

static void refusals(void) {
  volatile size_t half = SIZE_MAX / 2 + 1, everything = SIZE_MAX - 4096, odd = 24;
  errno = 0;
  if (calloc_(half, 2) != NULL || errno != ENOMEM) wrong("calloc overflow");
  errno = 0;
  if (malloc_(everything) != NULL || errno != ENOMEM) wrong("malloc of everything");
  void* p = malloc_(10);
  errno = 0;
  if (reallocarray(p, half, 2) != NULL || errno != ENOMEM) wrong("reallocarray overflow");
  errno = 0;
  if (realloc_(p, everything) != NULL || errno != ENOMEM) wrong("realloc to everything");
  free(p);
  void* untouched = &p;
  errno = EDOM;
  if (posix_memalign(&untouched, odd, 8) != EINVAL || untouched != &p)
    wrong("posix_memalign of 24");
  if (posix_memalign(&untouched, 64, everything) != ENOMEM || untouched != &p) {
    wrong("posix_memalign of everything");
  }
  if (errno != EDOM) wrong("posix_memalign changed errno");
}

static void work(struct worker* worker) {
  struct block* block = &worker->blocks[below(worker, slots)];
  worker->operations++;
  if (block->p == NULL) {
    allocate(worker, block);
  } else if (next(worker) % 3 == 0) {
    resize(worker, block);
  } else if (next(worker) % 3 == 0) {
    exchange(worker, block);
  } else {
    release(block);
  }
}

static void* work_in_child(void* argument) {
  struct worker* worker = argument;
  for (int count = 0; count < 2000; count++) {
    struct block* block = &worker->blocks[below(worker, slots)];
    if (block->p == NULL) {
      allocate(worker, block);
    } else {
      resize(worker, block);
      if (block->p != NULL) release(block);
    }
  }
  return NULL;
}

/* The mutexes of the mailboxes may be held by threads that the child does not have. */
static _Noreturn void child(struct worker* worker) {
  alarm(fork_seconds);
  work_in_child(worker);
  pthread_t thread;
  if (pthread_create(&thread, NULL, work_in_child, worker) != 0) wrong("no thread in the child");
  pthread_join(thread, NULL);
  for (size_t index = 0; index < slots; index++) {
    if (worker->blocks[index].p != NULL) release(&worker->blocks[index]);
  }
  _exit(0);
}

static void fork_and_wait(struct worker* worker) {
  pthread_mutex_lock(&births);
  const pid_t pid = fork();
  pthread_mutex_unlock(&births);
  if (pid < 0) return; /* too many processes: nothing to be learned */
  if (pid == 0) child(worker);
  worker->forks++;
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) wrong("waitpid");
  }
  if (status == SIGALRM) wrong("the child of a fork stands still");
  if (status != 0) wrong("the child of a fork ended with status %d", status);
}

static void* run(void* argument) {
  struct worker* worker = argument;
  while (!atomic_load(&stop)) {
    for (int count = 0; count < 1000; count++) work(worker);
    if (below(worker, 20) == 0) fork_and_wait(worker);
    refusals();
  }
  for (size_t index = 0; index < slots; index++) {
    if (worker->blocks[index].p != NULL) release(&worker->blocks[index]);
  }
  return NULL;
}

/* Threads come and go as well: what an allocator keeps for each has to be given back. */
static void* short_life(void* argument) {
  void** shared = argument;
  free(*shared);
  *shared = malloc_(100);
  return NULL;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

int main(int argc, char** argv) {
  const double seconds = argc == 4 ? atof(argv[2]) : 0;
  const unsigned threads = argc == 4 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
  if (threads < 1 || threads > most_threads || seconds <= 0) {
    fprintf(stderr, "usage: malloc_stress SEED SECONDS THREADS (1 to %d)\n", most_threads);
    return 2;
  }
  seed = strtoull(argv[1], NULL, 10);
  static struct worker workers[most_threads];
  pthread_t ids[most_threads];
  for (size_t index = 0; index < mailboxes; index++) pthread_mutex_init(&boxes[index].mutex, NULL);
  for (unsigned index = 0; index < threads; index++) {
    workers[index].random = seed * most_threads + index;
    if (pthread_create(&ids[index], NULL, run, &workers[index]) != 0) wrong("no thread");
  }
  void* shared = malloc_(100);
  for (const double end = now() + seconds; now() < end;) {
    pthread_t id;
    pthread_mutex_lock(&births);
    if (pthread_create(&id, NULL, short_life, &shared) != 0) wrong("no thread");
    pthread_mutex_unlock(&births);
    pthread_join(id, NULL);
  }
  free(shared);
  atomic_store(&stop, true);
  uint64_t operations = 0, forks = 0;
  for (unsigned index = 0; index < threads; index++) {
    pthread_join(ids[index], NULL);
    operations += workers[index].operations;
    forks += workers[index].forks;
  }
  for (size_t index = 0; index < mailboxes; index++) {
    if (boxes[index].block.p != NULL) release(&boxes[index].block);
  }
  printf("seed %llu: %llu operations, %llu forks\n", (unsigned long long)seed,
         (unsigned long long)operations, (unsigned long long)forks);
  return 0;
}
