/*
 * Threads may be cancelled (pthread_cancel) in any call that waits for the system. malloc and free
 * are no such calls, so what waits inside of them holds the cancellation off: a thread that was
 * unwound there would leave locks behind. POSIX only; plain C: the preloaded libraries use it too.
 */
#ifndef ALLOMORPH_PLATFORM_CANCELLATION_H
#define ALLOMORPH_PLATFORM_CANCELLATION_H

#include <pthread.h>

/* Until allomorph_cancellation_restore with what this gives. Pairs may be nested. */
static inline int allomorph_cancellation_hold(void) {
  int before = PTHREAD_CANCEL_ENABLE;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
  return before;
}

/* Cancels nobody by itself: the next call that waits does. */
static inline void allomorph_cancellation_restore(int before) {
  int held;
  pthread_setcancelstate(before, &held);
}

#endif
