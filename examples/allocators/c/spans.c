#include "spans.h"

#include <pthread.h>
#include <stdint.h>

#include "pages.h"
#include "size_classes.h"

typedef struct span {
  struct span* previous;
  struct span* next;
  block* free;
  uint32_t used; /* slots that are handed out */
  uint32_t
      touched; /* slots before this one have been handed out at least once, or hold this struct */
} span;

/* Spans with a free slot; a full one is in no list and is found when a block of it comes back. */
typedef struct central {
  pthread_mutex_t mutex;
  span* open;
  unsigned empty; /* how many of `open` have used == 0: 0 or 1 */
} central;

static central centrals[small_classes] = {
    [0 ... small_classes - 1] = {.mutex = PTHREAD_MUTEX_INITIALIZER}};

static size_t span_size(unsigned size_class) {
  size_t least = size_of_class(size_class) * 32;
  size_t size = (size_t)64 << 10;
  while (size < least) size *= 2;
  return size;
}

static uint32_t slots(unsigned size_class) {
  return (uint32_t)(span_size(size_class) / size_of_class(size_class));
}

static uint32_t first_slot(unsigned size_class) {
  size_t size = size_of_class(size_class);
  return (uint32_t)((sizeof(span) + size - 1) / size);
}

static int is_full(const span* each, unsigned size_class) {
  return each->free == NULL && each->touched == slots(size_class);
}

static void open_span(central* of, span* each) {
  each->previous = NULL;
  each->next = of->open;
  if (of->open != NULL) of->open->previous = each;
  of->open = each;
}

static void close_span(central* of, span* each) {
  if (each->previous != NULL) each->previous->next = each->next;
  if (each->next != NULL) each->next->previous = each->previous;
  if (of->open == each) of->open = each->next;
}

static span* new_span(central* of, unsigned size_class) {
  span* made = pages_map(span_size(size_class), span_size(size_class));
  if (made == NULL) return NULL;
  made->touched = first_slot(size_class);
  of->empty++;
  open_span(of, made);
  return made;
}

static block* take_slot(span* from, unsigned size_class) {
  from->used++;
  block* slot = from->free;
  if (slot != NULL) {
    from->free = slot->next;
    return slot;
  }
  /* Slots are carved when they are needed: memory nobody asked for is not touched. */
  return (block*)((uint8_t*)from + (size_t)from->touched++ * size_of_class(size_class));
}

unsigned spans_take(unsigned size_class, unsigned wanted, block** list) {
  central* of = &centrals[size_class];
  unsigned taken = 0;
  pthread_mutex_lock(&of->mutex);
  while (taken < wanted) {
    span* from = of->open;
    if (from == NULL) from = new_span(of, size_class);
    if (from == NULL) break;
    if (from->used == 0) of->empty--;
    while (taken < wanted && !is_full(from, size_class)) {
      block* slot = take_slot(from, size_class);
      slot->next = *list;
      *list = slot;
      taken++;
    }
    if (is_full(from, size_class)) close_span(of, from);
  }
  pthread_mutex_unlock(&of->mutex);
  return taken;
}

void spans_give(unsigned size_class, block* list, unsigned count) {
  central* of = &centrals[size_class];
  size_t size = span_size(size_class);
  pthread_mutex_lock(&of->mutex);
  while (count-- > 0) {
    block* slot = list;
    list = slot->next;
    span* to = (span*)((uintptr_t)slot & ~(uintptr_t)(size - 1));
    if (is_full(to, size_class)) open_span(of, to);
    slot->next = to->free;
    to->free = slot;
    if (--to->used > 0) continue;
    if (of->empty == 0) {
      of->empty = 1;
    } else {
      close_span(of, to);
      pages_unmap(to, size);
    }
  }
  pthread_mutex_unlock(&of->mutex);
}

void spans_lock(void) {
  for (unsigned size_class = 0; size_class < small_classes; size_class++) {
    pthread_mutex_lock(&centrals[size_class].mutex);
  }
}

void spans_unlock(void) {
  for (unsigned size_class = 0; size_class < small_classes; size_class++) {
    pthread_mutex_unlock(&centrals[size_class].mutex);
  }
}
