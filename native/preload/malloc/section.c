#define _GNU_SOURCE
#include "section.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "platform/pages.h"

/* Of all threads that have none: marked inside, so that their first call comes by the slow way. */
static struct section unregistered = {.inside = section_none};
/* The same while a thread is being given one. */
static struct section registering = {.inside = section_inside};

__thread struct section* allomorph_section __attribute__((tls_model("initial-exec"))) =
    &unregistered;
static __thread bool is_forking __attribute__((tls_model("initial-exec")));

atomic_int allomorph_gate;

/* Records come in groups that are never given back. */
enum { group_size = 4096, group_sections = group_size / section_size - 1 };

struct group {
  _Alignas(section_size) struct group* next;
  struct section sections[group_sections];
};
_Static_assert(sizeof(struct group) == group_size, "a group is a page");

static _Atomic(struct group*) groups;
static pthread_key_t key;

/*
 * The thread still frees after this, in destructors of other keys and in the C library: it keeps
 * its record, which becomes another's once the kernel knows the thread no more.
 */
static void end_thread(void* own) {
  atomic_store(&((struct section*)own)->ending, true);
}

bool section_start(void) {
  return pthread_key_create(&key, end_thread) == 0;
}

static int thread_id(void) {
  return (int)syscall(SYS_gettid);
}

static bool is_gone(int thread) {
  return syscall(SYS_tgkill, getpid(), thread, 0) != 0 && errno == ESRCH;
}

/* Of a thread that is gone, or of one with this thread's id, which is gone as well. */
static bool is_left(const struct section* section, int owner, int thread) {
  return atomic_load(&section->thread) == owner && (owner == thread || is_gone(owner));
}

/* Whoever takes `ending` decides alone. Ids are given again: that the owner has the same one as
   before does not tell that it is the same. */
static bool claim_left(struct section* section, int owner, int thread) {
  bool ending = true;
  if (!atomic_load(&section->ending) || !is_left(section, owner, thread)) return false;
  if (!atomic_compare_exchange_strong(&section->ending, &ending, false)) return false;
  if (is_left(section, owner, thread)) {
    atomic_store(&section->thread, thread);
    return true;
  }
  atomic_store(&section->ending, true);
  return false;
}

static bool claim(struct section* section, int thread) {
  int owner = atomic_load(&section->thread);
  const bool is_claimed = owner == 0
                              ? atomic_compare_exchange_strong(&section->thread, &owner, thread)
                              : claim_left(section, owner, thread);
  if (is_claimed) atomic_store(&section->inside, 0);
  return is_claimed;
}

static struct section* claim_any(int thread) {
  for (struct group* group = atomic_load(&groups); group != NULL; group = group->next) {
    for (size_t index = 0; index < group_sections; index++) {
      if (claim(&group->sections[index], thread)) return &group->sections[index];
    }
  }
  struct group* group = allomorph_map_pages(group_size);
  if (group == NULL) return NULL;
  /* Before others can see it: this one is taken. */
  atomic_store(&group->sections[0].thread, thread);
  group->next = atomic_load(&groups);
  while (!atomic_compare_exchange_weak(&groups, &group->next, group)) {
  }
  return &group->sections[0];
}

struct section* section_enter_slowly(void) {
  if (allomorph_chain == NULL) return NULL;
  const int failure = errno;
  allomorph_section = &registering;
  struct section* own = claim_any(thread_id());
  /* May allocate, from the C library then. When it fails, the record is not used again. */
  if (own != NULL) pthread_setspecific(key, own);
  allomorph_section = own != NULL ? own : &unregistered;
  errno = failure;
  return own != NULL ? section_enter() : NULL;
}

/* futex(2). Not from the kernel's headers, which a toolchain for musl may lack. */
enum { futex_wait_private = 0 | 128, futex_wake_private = 1 | 128 };

uint64_t section_milliseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

/*
 * Not for ever: the forking thread may wait, in some other handler, for a lock that this thread
 * holds. Then the child gets an allocator in the middle of a call, as it would without any gate.
 */
struct section* section_wait_for_gate(struct section* own) {
  if (is_forking) return own;
  const int failure = errno;
  const uint64_t end = section_milliseconds() + gate_milliseconds;
  int forking;
  while ((forking = atomic_load(&allomorph_gate)) != 0 && section_milliseconds() < end) {
    section_leave(own);
    const struct timespec step = {0, 10 * 1000000};
    syscall(SYS_futex, &allomorph_gate, futex_wait_private, forking, &step, NULL, 0);
    atomic_store_explicit(&own->inside, section_inside, memory_order_relaxed);
    atomic_signal_fence(memory_order_seq_cst);
  }
  errno = failure;
  return own;
}

void section_wake_waiting(void) {
  const int all = 1 << 30;
  syscall(SYS_futex, &allomorph_gate, futex_wake_private, all, NULL, NULL, 0);
}

void section_set_forking(bool forking) {
  is_forking = forking;
}

/* A thread that was unwound out of the five functions is never seen to leave them. */
static bool is_occupied(struct section* section) {
  return atomic_load_explicit(&section->inside, memory_order_acquire) != section_outside &&
         !(atomic_load(&section->ending) && is_gone(atomic_load(&section->thread)));
}

bool section_is_alone(void) {
  for (struct group* group = atomic_load(&groups); group != NULL; group = group->next) {
    for (size_t index = 0; index < group_sections; index++) {
      struct section* section = &group->sections[index];
      if (section != allomorph_section && is_occupied(section)) return false;
    }
  }
  return true;
}

void section_forget_others(void) {
  for (struct group* group = atomic_load(&groups); group != NULL; group = group->next) {
    for (size_t index = 0; index < group_sections; index++) {
      struct section* section = &group->sections[index];
      if (section == allomorph_section) {
        atomic_store(&section->thread, thread_id());
      } else {
        atomic_store(&section->inside, 0);
        atomic_store(&section->ending, false);
        atomic_store(&section->thread, 0);
      }
    }
  }
}
