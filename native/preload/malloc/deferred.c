#include "deferred.h"

#include <stdatomic.h>

#include "header.h"

/* A stack through the headers: the shape is still needed, the check is not. */
static _Atomic(void*) newest;

void deferred_add(void* p) {
  void* older = atomic_load(&newest);
  do {
    header_of(p)->check = (uint64_t)(uintptr_t)older;
  } while (!atomic_compare_exchange_weak(&newest, &older, p));
}

void deferred_free_all(void) {
  if (LIKELY(atomic_load_explicit(&newest, memory_order_relaxed) == NULL)) return;
  void* p = atomic_exchange(&newest, NULL);
  while (p != NULL) {
    void* older = (void*)(uintptr_t)header_of(p)->check;
    const struct block block = header_block(p);
    allomorph_deallocate(allomorph_chain, block.start, block.size, block.align);
    p = older;
  }
}
