#include "large.h"

#include <pthread.h>

#include "pages.h"
#include "size_classes.h"
#include "spans.h"

/* Of all classes together. A burst that needs more pays for the difference with system calls. */
static const size_t kept_max = (size_t)32 << 20;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static block* kept[large_classes];
static size_t kept_bytes;

void* large_take(unsigned size_class) {
  size_t size = size_of_class(size_class);
  block** stack = &kept[size_class - small_classes];
  pthread_mutex_lock(&mutex);
  block* taken = *stack;
  if (taken != NULL) {
    *stack = taken->next;
    kept_bytes -= size;
  }
  pthread_mutex_unlock(&mutex);
  return taken != NULL ? taken : pages_map(size, PAGE_ALIGN);
}

void large_give(unsigned size_class, void* address) {
  size_t size = size_of_class(size_class);
  block** stack = &kept[size_class - small_classes];
  block* given = address;
  pthread_mutex_lock(&mutex);
  int keep = kept_bytes + size <= kept_max;
  if (keep) {
    given->next = *stack;
    *stack = given;
    kept_bytes += size;
  }
  pthread_mutex_unlock(&mutex);
  if (!keep) pages_unmap(address, size);
}

void large_lock(void) {
  pthread_mutex_lock(&mutex);
}

void large_unlock(void) {
  pthread_mutex_unlock(&mutex);
}
