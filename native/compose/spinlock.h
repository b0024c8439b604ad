/* For critical sections of some nanoseconds in code that must not call a C library's lock. */
#ifndef ALLOMORPH_COMPOSE_SPINLOCK_H
#define ALLOMORPH_COMPOSE_SPINLOCK_H

#include <stdatomic.h>
#include <stdbool.h>

#include "platform/pages.h"

/* Zeroed: unlocked. */
typedef struct spinlock {
  atomic_bool locked;
} spinlock;

static inline void spinlock_lock(spinlock* lock) {
  while (atomic_exchange_explicit(&lock->locked, true, memory_order_acquire)) {
    /* The holder may have lost its core; there is no telling how many there are. */
    while (atomic_load_explicit(&lock->locked, memory_order_relaxed)) allomorph_yield();
  }
}

static inline void spinlock_unlock(spinlock* lock) {
  atomic_store_explicit(&lock->locked, false, memory_order_release);
}

#endif
