#include "fork.h"

#include <pthread.h>

#include "large.h"
#include "spans.h"
#include "thread_cache.h"

static void lock_all(void) {
  thread_cache_lock();
  spans_lock();
  large_lock();
}

static void unlock_all(void) {
  large_unlock();
  spans_unlock();
  thread_cache_unlock();
}

void fork_prepare(void) {
  pthread_atfork(lock_all, unlock_all, unlock_all);
}
