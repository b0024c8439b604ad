/*
 * Sections: the stretches in which a thread is inside the five functions.
 *
 * A thread marks its section in a record of its own, with plain stores. Two things rest on it: a
 * malloc from inside reaches the C library, and fork.c can wait until nobody else is inside. That
 * one pays for the ordering (membarrier), so that a section costs three loads and two stores.
 */
#ifndef ALLOMORPH_PRELOAD_SECTION_H
#define ALLOMORPH_PRELOAD_SECTION_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "interposer.h"

enum { section_size = 64 }; /* a cache line each */

/* Values of `inside`; the last is of a thread that has no record yet. */
enum { section_outside, section_inside, section_none };

struct section {
  _Alignas(section_size) atomic_int inside;
  atomic_int thread; /* its id as the kernel has it; 0: nobody's */
  atomic_bool ending;
};

/* Initial-exec: the library is only ever preloaded, where that always works, and any other kind of
   access may allocate. */
extern __thread struct section* allomorph_section INTERNAL
    __attribute__((tls_model("initial-exec")));

/*
 * How long a fork waits for the threads inside, and they for a fork. Whoever waits at the gate has
 * to outlast the fork that waits for nothing but the threads inside, and its copying of the pages.
 */
enum { fork_milliseconds = 50, gate_milliseconds = 100 };
_Static_assert(fork_milliseconds < gate_milliseconds, "the gate outlasts the wait before a fork");

/* Of a clock that nobody sets. */
INTERNAL uint64_t section_milliseconds(void);

/* How many threads are forking. */
extern atomic_int allomorph_gate INTERNAL;

/* Once, before allomorph_chain is set. False: the system gives no key for thread-specific data. */
INTERNAL bool section_start(void);

/* What section_enter does when it is not that simple. */
INTERNAL struct section* section_enter_slowly(void);
INTERNAL struct section* section_wait_for_gate(struct section* own);

/* Whether the thread is inside, for sure: otherwise section_enter tells. */
static inline bool section_is_inside(void) {
  return UNLIKELY(atomic_load_explicit(&allomorph_section->inside, memory_order_relaxed) ==
                  section_inside);
}

/* Null: the call goes to the C library, because the thread is inside already, or nothing is ready.
 */
static inline struct section* section_enter(void) {
  struct section* own = allomorph_section;
  const int inside = atomic_load_explicit(&own->inside, memory_order_relaxed);
  if (UNLIKELY(inside != section_outside)) {
    return inside == section_inside ? NULL : section_enter_slowly();
  }
  atomic_store_explicit(&own->inside, section_inside, memory_order_relaxed);
  /* The compiler's order is enough: whoever closes the gate makes all processors agree. */
  atomic_signal_fence(memory_order_seq_cst);
  if (UNLIKELY(atomic_load_explicit(&allomorph_gate, memory_order_relaxed) != 0)) {
    return section_wait_for_gate(own);
  }
  return own;
}

static inline void section_leave(struct section* own) {
  atomic_store_explicit(&own->inside, section_outside, memory_order_release);
}

/* For fork.c. The thread that forks passes the gate. */
INTERNAL void section_set_forking(bool forking);
/* True when no other thread is inside. */
INTERNAL bool section_is_alone(void);
/* In the child, where only the calling thread is left. */
INTERNAL void section_forget_others(void);
/* Lets the threads that wait at the gate look again. */
INTERNAL void section_wake_waiting(void);

#endif
