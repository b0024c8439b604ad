#include "guards.h"

#include <string.h>

#include "blocks.h"
#include "faults.h"
#include "platform/diagnostic.h"
#include "platform/memory_fault.h"
#include "platform/stack.h"
#include "text.h"

enum { most_watched = 64, lock_attempts = 1000, text_size = 8192 };

static _Atomic(struct checked*) watched[most_watched];

/* Not on the stack: the handler may run on one of 8 KiB (SIGSTKSZ), half of which the kernel has
   taken for registers. */
static struct {
  atomic_flag taken;
  allomorph_fault fault;
  uintptr_t frames[ALLOMORPH_CHECKED_FRAMES];
  char text[text_size];
} report = {.taken = ATOMIC_FLAG_INIT};

/* A lock may be held by the code that was interrupted. */
static bool take_in_handler(atomic_flag* lock) {
  for (int attempt = 0; attempt < lock_attempts; attempt++) {
    if (!atomic_flag_test_and_set_explicit(lock, memory_order_acquire)) return true;
    allomorph_yield();
  }
  return false;
}

static bool explain(struct checked* self, uintptr_t address, allomorph_fault* fault) {
  if (!take_in_handler(&self->lock)) return false;
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

static void tell(const struct checked* self, uintptr_t code) {
  struct text text = {report.text, text_size, 0};
  text.length = allomorph_fault_text(&report.fault, report.text, text_size);
  put_frames(&text, "accessed at", NULL, report.frames,
             allomorph_stack(code, report.frames, (size_t)self->options.frames));
  allomorph_diagnostic_write(self->options.report_fd, text.bytes, text.length);
}

/* In every mode: nobody will ask for what is remembered. */
static void on_access(uintptr_t address, uintptr_t code) {
  if (!take_in_handler(&report.taken)) return;
  bool is_told = false;
  for (size_t place = 0; place < most_watched && !is_told; place++) {
    struct checked* self = atomic_load(&watched[place]);
    memset(&report.fault, 0, sizeof report.fault);
    is_told = self != NULL && explain(self, address, &report.fault);
    if (is_told) tell(self, code);
  }
  atomic_flag_clear_explicit(&report.taken, memory_order_release);
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
