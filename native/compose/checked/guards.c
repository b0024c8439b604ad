#include "guards.h"

#include <string.h>

#include "blocks.h"
#include "faults.h"
#include "platform/diagnostic.h"
#include "platform/memory_fault.h"
#include "platform/stack.h"
#include "text.h"

/* `text_size`: the handler may run on a small stack. */
enum { most_watched = 64, lock_attempts = 1000, text_size = 3072 };

static _Atomic(struct checked*) watched[most_watched];

/* The lock may be held by the code that was interrupted. */
static bool lock_in_handler(struct checked* self) {
  for (int attempt = 0; attempt < lock_attempts; attempt++) {
    if (checked_try_lock(self)) return true;
    allomorph_yield();
  }
  return false;
}

static bool explain(struct checked* self, uintptr_t address, allomorph_fault* fault) {
  if (!lock_in_handler(self)) return false;
  const struct block* block = find_around(self, address);
  if (block != NULL) {
    const bool is_before = address < (uintptr_t)block->address;
    fault->kind = block->state != block_live ? allomorph_fault_use_after_free
                  : is_before                ? allomorph_fault_underflow
                                             : allomorph_fault_overflow;
    fault->address = address;
    fault->offset = (int64_t)(address - (uintptr_t)block->address);
    fault->value = -1;
    describe_block(self, block, &fault->block);
    self->stats.faults++;
  }
  checked_unlock(self);
  return block != NULL;
}

/* In every mode: nobody will ask for what is remembered. */
static void on_access(uintptr_t address, uintptr_t code) {
  for (size_t place = 0; place < most_watched; place++) {
    struct checked* self = atomic_load(&watched[place]);
    allomorph_fault fault;
    memset(&fault, 0, sizeof fault);
    if (self == NULL || !explain(self, address, &fault)) continue;
    uintptr_t frames[ALLOMORPH_CHECKED_FRAMES];
    char bytes[text_size];
    struct text text = {bytes, sizeof bytes, allomorph_fault_text(&fault, bytes, sizeof bytes)};
    put_frames(&text, "accessed at", NULL, frames,
               allomorph_stack(code, frames, (size_t)self->options.frames));
    allomorph_diagnostic_write(self->options.report_fd, bytes, text.length);
    return;
  }
}

bool watch_guards(struct checked* self) {
  for (size_t place = 0; place < most_watched; place++) {
    struct checked* none = NULL;
    if (!atomic_compare_exchange_strong(&watched[place], &none, self)) continue;
    if (allomorph_on_memory_fault(on_access) == 0) return true;
    atomic_store(&watched[place], NULL);
    return false;
  }
  return false;
}

void unwatch_guards(struct checked* self) {
  for (size_t place = 0; place < most_watched; place++) {
    struct checked* expected = self;
    if (atomic_compare_exchange_strong(&watched[place], &expected, NULL)) return;
  }
}
