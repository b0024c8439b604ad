/* The building blocks that a specification can name, and what has to be done for those in use. */
#ifndef ALLOMORPH_PRELOAD_BLOCKS_H
#define ALLOMORPH_PRELOAD_BLOCKS_H

#include <stdatomic.h>
#include <stdbool.h>

#include "header.h"
#include "interposer.h"
#include "options.h"

struct block_kind {
  const char* name;
  const char* form;        /* of a specification with it, for messages */
  const char* const* keys; /* of its options, up to a null */
  /* Ends the process when an option is wrong. Null: memory is exhausted. */
  allomorph_allocator* (*build)(allomorph_allocator* behind, const struct options* options);
};

/* Up to a kind without name. */
extern const struct block_kind allomorph_blocks[] INTERNAL;
extern const struct block_kind allomorph_more_blocks[] INTERNAL;

/* Null: there is none of that name. */
INTERNAL const struct block_kind* blocks_find(const char* name, size_t length);

/* On a pointer without header of ours. */
enum verdict {
  verdict_foreign, /* the C library's */
  verdict_dead,    /* nobody's; reported */
  verdict_repaired /* ours, its header was overwritten; reported, and the header is right again */
};

/* A block in use that wants to be told. Each function may be null. */
struct watch {
  allomorph_allocator* allocator;
  const char* file; /* what its report is appended to; null: stderr */
  int choice;       /* of the block's own */
  void (*at_exit)(struct watch*);
  /* The program is about to be told that memory is exhausted. */
  void (*after_failure)(struct watch*);
  void (*before_fork)(allomorph_allocator*);
  void (*after_fork)(allomorph_allocator*);
  enum verdict (*judge)(struct watch*, void* p);
  /* What the program says of a block that it frees is not what its header says. */
  void (*judge_claim)(struct watch*, const struct block* block, size_t size, size_t align);
  /* Whether the memory before p may be inaccessible, because the block there is freed. */
  bool (*is_freed)(struct watch*, const void* p);
  /* What a process that ends by exit ends with instead of its own status; 0: its own. */
  int (*exit_status)(struct watch*);
  int exit_status_on_fault;
  atomic_bool is_reported;
};

/* One for each block of the specification at most. */
INTERNAL void blocks_watch(struct watch watch);

INTERNAL void blocks_after_failure(void);
INTERNAL void blocks_before_fork(void);
INTERNAL void blocks_after_fork(void);
/* Whether the three below are worth a call. */
extern bool allomorph_has_judge INTERNAL;
/* Inside a section, both. */
INTERNAL enum verdict blocks_judge(void* p);
INTERNAL void blocks_judge_claim(const struct block* block, size_t size, size_t align);
/* True: the header must not be read. */
INTERNAL bool blocks_is_freed(const void* p);

#endif
