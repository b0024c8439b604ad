#define _GNU_SOURCE
#include "fork.h"

#include <errno.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "blocks.h"
#include "deferred.h"
#include "platform/cancellation.h"
#include "section.h"

/* membarrier(2). Not from the kernel's headers, which a toolchain for musl may lack. */
enum { private_expedited = 1 << 3, register_private_expedited = 1 << 4 };

enum { step_nanoseconds = 50 * 1000 };

/* Of the thread that forks: fork is no cancellation point, and the gate must be opened again. */
static __thread int cancellation __attribute__((tls_model("initial-exec")));

/*
 * While it forks, the thread counts as inside: handlers of other libraries (pthread_atfork) run
 * between ours, and what they allocate comes from the C library, as the locks are held.
 */
static __thread struct section* own __attribute__((tls_model("initial-exec")));
static struct section forking = {.inside = section_inside};

/* False for a fork in a signal handler that has interrupted the five functions: a lock may be that
   of this very thread, which goes on in the child as well. */
static __thread bool holds_blocks __attribute__((tls_model("initial-exec")));

static void pause_for(long nanoseconds) {
  const struct timespec time = {0, nanoseconds};
  nanosleep(&time, NULL);
}

static void register_barrier(void) {
  syscall(SYS_membarrier, register_private_expedited, 0, 0);
}

/*
 * Afterwards a thread that has not seen the gate closed is seen to be inside. Without membarrier
 * (before Linux 4.14, or forbidden) a millisecond has to do: no processor keeps a store to itself
 * for so long, though none promises it.
 */
static void order_all_processors(void) {
  if (syscall(SYS_membarrier, private_expedited, 0, 0) != 0) pause_for(1000000);
}

/* Not for ever: a thread may be stopped by a debugger while it is inside. */
static void wait_until_alone(void) {
  const uint64_t end = section_milliseconds() + fork_milliseconds;
  while (!section_is_alone() && section_milliseconds() < end) pause_for(step_nanoseconds);
}

static void before_fork(void) {
  const int failure = errno;
  cancellation = allomorph_cancellation_hold();
  section_set_forking(true);
  atomic_fetch_add(&allomorph_gate, 1);
  order_all_processors();
  wait_until_alone();
  holds_blocks = !section_is_inside();
  if (holds_blocks) blocks_before_fork();
  own = allomorph_section;
  allomorph_section = &forking;
  errno = failure;
}

/* What the handlers freed. */
static void free_deferred(void) {
  struct section* section = section_enter();
  if (section == NULL) return;
  deferred_free_all();
  section_leave(section);
}

static void after_fork_in_parent(void) {
  const int failure = errno;
  allomorph_section = own;
  if (holds_blocks) blocks_after_fork();
  free_deferred();
  atomic_fetch_sub(&allomorph_gate, 1);
  section_wake_waiting();
  section_set_forking(false);
  allomorph_cancellation_restore(cancellation);
  errno = failure;
}

static void after_fork_in_child(void) {
  const int failure = errno;
  allomorph_section = own;
  section_forget_others();
  if (holds_blocks) blocks_after_fork();
  free_deferred();
  atomic_store(&allomorph_gate, 0);
  register_barrier();
  section_set_forking(false);
  allomorph_cancellation_restore(cancellation);
  errno = failure;
}

void fork_start(void) {
  register_barrier();
  pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}
