#include "sampling.h"

#include "platform/diagnostic.h"
#include "text.h"

/*
 * A guarded block splits a mapping in up to five. Threads, code and ordinary memory need mappings
 * too, and fail without a word when there are none: a quarter is left to them.
 */
enum { mappings_of_block = 4 };

static atomic_size_t guarded;

static size_t most_guarded(void) {
  static atomic_size_t known;
  size_t most = atomic_load_explicit(&known, memory_order_relaxed);
  if (most != 0) return most;
  const size_t mappings = allomorph_most_mappings();
  most = mappings == 0 ? SIZE_MAX : mappings / 4 * 3 / mappings_of_block + 1;
  atomic_store_explicit(&known, most, memory_order_relaxed);
  return most;
}

static uint64_t mixed(uint64_t number) {
  number = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
  number = (number ^ (number >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  return number ^ (number >> 31);
}

/* Not the same one of every run: a program that allocates in rounds of `every` would have the same
   block guarded each time. */
bool wants_guards(struct checked* self) {
  if (!has_guards(self) || atomic_load_explicit(&self->is_misaligned, memory_order_relaxed)) {
    return false;
  }
  const uint64_t every = self->options.every;
  if (every <= 1) return true;
  const uint64_t index = atomic_fetch_add_explicit(&self->asked, 1, memory_order_relaxed);
  return index % every == mixed(index / every) % every;
}

bool reserve_guards(void) {
  if (atomic_fetch_add_explicit(&guarded, 1, memory_order_relaxed) < most_guarded()) return true;
  return_guards();
  return false;
}

void return_guards(void) {
  atomic_fetch_sub_explicit(&guarded, 1, memory_order_relaxed);
}

void tell_exhaustion(struct checked* self) {
  if (atomic_exchange(&self->is_exhaustion_told, true)) return;
  char line[256];
  struct text text = {line, sizeof line, 0};
  const size_t mappings = allomorph_most_mappings();
  put_line(&text, 0);
  put_text(&text, "guard pages are exhausted");
  if (mappings != 0) {
    put_text(&text, " (vm.max_map_count is ");
    put_number(&text, mappings);
    put_text(&text, ")");
  }
  put_text(&text,
           ": this and further blocks are checked at level poison until some are freed; every=N "
           "guards fewer\n");
  allomorph_diagnostic_write(self->options.report_fd, text.bytes, text.length);
}

void tell_misalignment(struct checked* self) {
  if (atomic_exchange(&self->is_misaligned, true)) return;
  static const char line[] =
      "==allomorph== no guard pages: the allocator behind gave a block that is not aligned to a "
      "page, "
      "as it was asked for. All blocks are checked at level poison\n";
  allomorph_diagnostic_write(self->options.report_fd, line, sizeof line - 1);
}
