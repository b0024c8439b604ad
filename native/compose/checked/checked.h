/*
 * A debugging allocator: finds what a program does wrong with its blocks, and says which block,
 * where it was allocated and where it was freed.
 *
 * Level `poison`: every block lies between two redzones; a freed one is overwritten and stays in
 * quarantine for a while. A stray write is found when its block is freed, leaves the quarantine, or
 * on demand. Level `page-guard`: every block ends at an inaccessible page, and a freed one is
 * inaccessible: the access itself faults. A block for which the system has no guard pages left is
 * checked as at level `poison`; the first time is reported.
 *
 * usable_size is exactly the size: what lies behind it is not the caller's. `old_size` is therefore
 * exact too, and a wrong one is a fault. Metadata lies in pages of its own, out of reach of stray
 * writes.
 */
#ifndef ALLOMORPH_COMPOSE_CHECKED_H
#define ALLOMORPH_COMPOSE_CHECKED_H

#include <stdbool.h>

#include "compose/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ALLOMORPH_CHECKED_FRAMES 16

typedef enum { allomorph_checked_poison, allomorph_checked_page_guard } allomorph_checked_level;

typedef enum {
  allomorph_on_fault_remember, /* keep it: the caller asks allomorph_checked_fault */
  allomorph_on_fault_report,   /* write the report, go on */
  allomorph_on_fault_abort     /* write the report, abort() */
} allomorph_on_fault;

typedef struct allomorph_checked_options {
  allomorph_checked_level level;
  size_t quarantine; /* bytes of freed blocks kept, with what surrounds them; 0: none */
  int frames;        /* native return addresses kept for each block, 0..16 */
  int report_fd;
  allomorph_on_fault on_fault;
  /* page-guard: one in so many allocations gets guard pages, at a place that changes from one such
     run to the next; the others are checked as poison does. 0 and 1: all. */
  uint32_t every;
  /* Bytes at the start of each block, or its alignment when that is more, that its owner does not
     see: reports count from behind them. 0: none. */
  size_t header;
} allomorph_checked_options;

typedef enum {
  allomorph_fault_none,
  allomorph_fault_overflow,
  allomorph_fault_underflow,
  allomorph_fault_use_after_free,
  allomorph_fault_double_free,
  allomorph_fault_wrong_size,
  allomorph_fault_wrong_alignment,
  allomorph_fault_unknown, /* no block: never allocated here, or freed long ago */
  allomorph_fault_inside   /* an address within a block, not its first */
} allomorph_fault_kind;

/* A block as it was when it was asked about. */
typedef struct allomorph_checked_block {
  uintptr_t address;
  size_t size;
  size_t align;
  size_t header; /* bytes at its start that its owner does not see */
  bool is_freed;
  uint8_t allocated_count, freed_count; /* of the return addresses */
  uintptr_t allocated[ALLOMORPH_CHECKED_FRAMES];
  uintptr_t freed[ALLOMORPH_CHECKED_FRAMES];
  /* Null: not told. Valid until the allocator is closed. */
  const char *allocated_place, *freed_place;
} allomorph_checked_block;

typedef struct allomorph_fault {
  allomorph_fault_kind kind;
  uintptr_t address;             /* what was claimed or accessed */
  allomorph_checked_block block; /* address 0: there is none */
  int64_t offset;         /* of the first wrong byte, or of `address`, from the block's start */
  int value;              /* that byte; -1: the access itself was caught */
  size_t old_size, align; /* as claimed */
  uint8_t called_count;   /* return addresses of the call that was wrong */
  uintptr_t called[ALLOMORPH_CHECKED_FRAMES];
} allomorph_fault;

typedef struct allomorph_checked_stats {
  uint64_t live_blocks, live_bytes;               /* bytes: without headers */
  uint64_t quarantined_blocks, quarantined_bytes; /* bytes: with what surrounds the blocks */
  uint64_t kept_blocks;                           /* faulty ones whose memory is not used again */
  uint64_t faults;                                /* found so far */
  /* page-guard: allocations so far that got guard pages, and that were checked as poison does. */
  uint64_t guarded_blocks, unguarded_blocks;
} allomorph_checked_stats;

/*
 * A fault in a deallocate leaves the block's memory where it is. A reallocate of a damaged block
 * moves what the block holds; one of no block gives null. Closing checks the quarantine and gives
 * it back, with the memory of faulty blocks; live blocks stay. Null: memory is exhausted; for
 * page-guard also: 64 of them exist, or the system refused the signal handler.
 */
allomorph_allocator* allomorph_checked(allomorph_allocator* behind,
                                       const allomorph_checked_options* options);

/* Verifies the quarantine and the live blocks, then writes the blocks that are live to report_fd:
   the `most_places` that allocated most of them, with `most_frames` return addresses each; 0
   places: not a word about them. Result: how many are live. */
size_t allomorph_checked_report_leaks(allomorph_allocator* self, size_t most_places,
                                      size_t most_frames);

/* The oldest fault that is remembered, which is forgotten then; false: none. 16 are kept. */
bool allomorph_checked_fault(allomorph_allocator* self, allomorph_fault* fault);

/* Whether deallocate with these arguments would be right; makes room in the quarantine for the
   block. When not, `fault` says why, or which block in quarantine was written to, and nothing has
   changed. Damage of a block is said once: after that it may be freed. Asking counts no fault. */
bool allomorph_checked_inspect(allomorph_allocator* self, uintptr_t address, size_t old_size,
                               size_t align, allomorph_fault* fault);

/* Whether a block of that alignment started there that is freed, and whose memory has not gone back
   yet. O(1) */
bool allomorph_checked_is_freed(allomorph_allocator* self, uintptr_t address, size_t align);

/* For a caller that tells of a fault of allomorph_checked_inspect by other means. */
void allomorph_checked_count_fault(allomorph_allocator* self);

/* Counts and reports a fault of allomorph_checked_inspect with the stack of this call, whatever
   on_fault says of remembering; on_fault abort: ends the process. */
void allomorph_checked_deliver(allomorph_allocator* self, allomorph_fault* fault);

/* Looks at all live blocks and the quarantine; the first `most` faults are written. Result: how
   many there are. Not counted, not reported. O(bytes in quarantine + live blocks) */
size_t allomorph_checked_verify(allomorph_allocator* self, allomorph_fault* faults, size_t most);

/* The same for the blocks that are live. */
size_t allomorph_checked_live(allomorph_allocator* self, allomorph_checked_block* blocks,
                              size_t most);

/* A place that return addresses cannot name, in a script for instance, for reports: a copy of the
   text, valid until the allocator is closed. Null: memory is exhausted, or it is longer than 4,000
   bytes. */
const char* allomorph_checked_place(allomorph_allocator* self, const char* text, size_t length);

/* Where the block was allocated, when it is live, else where it was freed. `place` as above. */
void allomorph_checked_set_place(allomorph_allocator* self, uintptr_t address, const char* place);

allomorph_checked_stats allomorph_checked_read(allomorph_allocator* self);

/* Around fork(2) in a process with several threads, so that the child does not inherit a held lock.
 */
void allomorph_checked_before_fork(allomorph_allocator* self);
void allomorph_checked_after_fork(allomorph_allocator* self);

/* The report of a fault as text, "…\n" without a terminating zero, cut to `size`. Result: its
 * length. */
size_t allomorph_fault_text(const allomorph_fault* fault, char* text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
