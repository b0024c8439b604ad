#include "over_aligned.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "message.h"
#include "spec.h"

/* Once seen, for the life of the process. */
static atomic_bool ignores_alignment;

static void* shifted(size_t size, size_t align) {
  /* `shift` and the header before p, and p anywhere within `align` bytes. */
  const size_t before = sizeof(struct header) + least_align;
  const size_t total = before + align + size;
  uint8_t* start = allomorph_allocate(allomorph_chain, total, least_align);
  if (start == NULL) return NULL;
  require_least_align(start, total);
  const uintptr_t place = ((uintptr_t)start + before + align - 1) & ~(uintptr_t)(align - 1);
  const size_t offset = place - (uintptr_t)start;
  uint8_t* p = start + offset;
  *header_shift(p) = offset;
  header_write(p, header_shape(total, least_align_log2) | shape_shifted);
  return p;
}

void* over_aligned_allocate(size_t size, size_t align) {
  if (atomic_load_explicit(&ignores_alignment, memory_order_relaxed)) return shifted(size, align);
  const size_t total = align + size;
  uint8_t* start = allomorph_allocate(allomorph_chain, total, align);
  if (start == NULL) return NULL;
  if (((uintptr_t)start & (align - 1)) != 0) {
    allomorph_deallocate(allomorph_chain, start, total, align);
    atomic_store_explicit(&ignores_alignment, true, memory_order_relaxed);
    return shifted(size, align);
  }
  uint8_t* p = start + align;
  header_write(p, header_shape(total, (unsigned)__builtin_ctzll(align)));
  return p;
}

_Noreturn void misaligned(const uint8_t* start, size_t size) {
  struct message message = message_begin();
  message_text(&message, "the allocator ");
  message_text(&message, allomorph_malloc_spec());
  message_text(&message, " returned the block ");
  message_address(&message, start);
  message_text(&message, " of ");
  message_number(&message, size);
  message_text(&message,
               " bytes, which is not aligned to 16 as asked for and as malloc has to be. The "
               "process is ended; allomorph check LIBRARY tells more.");
  message_send(&message);
  abort();
}
