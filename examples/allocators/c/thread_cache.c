#include "thread_cache.h"

#include <pthread.h>
#include <stddef.h>

#include "fork.h"
#include "pages.h"
#include "size_classes.h"
#include "spans.h"

typedef struct stack {
  block* top;
  unsigned count;
  unsigned most;
} stack;

typedef struct cache {
  stack stacks[small_classes];
  struct cache* next; /* while no thread owns it */
} cache;

/*
 * Initial-exec: the access is one load. The other models may ask the dynamic linker, which may call
 * malloc, which is us. It works in a library that is loaded while the program runs as long as it is
 * small: one pointer of the about 1.5 KiB that glibc keeps for that. The caches themselves are
 * mapped.
 */
static __thread cache* mine __attribute__((tls_model("initial-exec")));

/* `mine` of a thread that is ending: later destructors of the thread still free and allocate. */
static cache ending;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static cache* unowned;
static pthread_key_t key;
static enum { no_key, key_made, no_key_left } key_state;

static void give_back(unsigned size_class, stack* from, unsigned count) {
  if (count == 0) return;
  block* list = from->top;
  block* last = list;
  for (unsigned step = 1; step < count; step++) last = last->next;
  from->top = last->next;
  from->count -= count;
  spans_give(size_class, list, count);
}

static void thread_ends(void* owned) {
  cache* left = owned;
  mine = &ending;
  for (unsigned size_class = 0; size_class < small_classes; size_class++) {
    give_back(size_class, &left->stacks[size_class], left->stacks[size_class].count);
  }
  pthread_mutex_lock(&mutex);
  left->next = unowned;
  unowned = left;
  pthread_mutex_unlock(&mutex);
}

/* Null: memory is exhausted. */
static cache* new_cache(void) {
  cache* made = pages_map(sizeof(cache), PAGE_ALIGN);
  if (made == NULL) return NULL;
  for (unsigned size_class = 0; size_class < small_classes; size_class++) {
    /* About 32 KiB of each class. */
    size_t most = ((size_t)32 << 10) / size_of_class(size_class);
    made->stacks[size_class].most = most < 2 ? 2 : most > 128 ? 128 : (unsigned)most;
  }
  return made;
}

/* The cache of this thread; &ending when it has none. */
static cache* make_cache(void) {
  pthread_mutex_lock(&mutex);
  int first = key_state == no_key;
  if (first) key_state = pthread_key_create(&key, thread_ends) == 0 ? key_made : no_key_left;
  cache* made = key_state == key_made ? unowned : NULL;
  if (made != NULL) unowned = made->next;
  int usable = key_state == key_made;
  pthread_mutex_unlock(&mutex);

  if (usable && made == NULL) made = new_cache();
  /* What follows may allocate: the C library keeps what does not fit into its static tables. */
  mine = made != NULL ? made : &ending;
  if (made != NULL && pthread_setspecific(key, made) != 0) thread_ends(made);
  if (first) fork_prepare();
  return mine;
}

static cache* my_cache(void) {
  cache* owned = mine;
  return owned != NULL ? owned : make_cache();
}

void* thread_cache_take(unsigned size_class) {
  cache* own = my_cache();
  block* list = NULL;
  if (own == &ending) {
    spans_take(size_class, 1, &list);
    return list;
  }
  stack* from = &own->stacks[size_class];
  if (from->top == NULL) from->count = spans_take(size_class, from->most / 2, &from->top);
  block* taken = from->top;
  if (taken == NULL) return NULL;
  from->top = taken->next;
  from->count--;
  return taken;
}

void thread_cache_give(unsigned size_class, void* address) {
  cache* own = my_cache();
  block* given = address;
  if (own == &ending) {
    spans_give(size_class, given, 1);
    return;
  }
  stack* to = &own->stacks[size_class];
  if (to->count == to->most) give_back(size_class, to, to->count / 2);
  given->next = to->top;
  to->top = given;
  to->count++;
}

void thread_cache_lock(void) {
  pthread_mutex_lock(&mutex);
}

void thread_cache_unlock(void) {
  pthread_mutex_unlock(&mutex);
}
