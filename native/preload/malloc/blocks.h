/* The building blocks that a specification can name, and what has to be done for those in use. */
#ifndef ALLOMORPH_PRELOAD_BLOCKS_H
#define ALLOMORPH_PRELOAD_BLOCKS_H

#include <stdatomic.h>
#include <stdbool.h>

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

/* A block in use that wants to be told. Each function may be null. */
struct watch {
  allomorph_allocator* allocator;
  const char* file; /* what its report is appended to; null: stderr */
  int fd;           /* the same for one that is open all the time */
  bool ends_process;
  void (*at_exit)(struct watch*);
  /* The program is about to be told that memory is exhausted. */
  void (*after_failure)(struct watch*);
  void (*before_fork)(allomorph_allocator*);
  void (*after_fork)(allomorph_allocator*);
  /* `start` is where a block would start whose pointer has no header of ours. True: it is a damaged
     or dead block of ours, which has been reported. */
  bool (*judge)(struct watch*, uint8_t* start);
  atomic_bool is_reported;
};

/* One for each block of the specification at most. */
INTERNAL void blocks_watch(struct watch watch);

INTERNAL void blocks_after_failure(void);
INTERNAL void blocks_before_fork(void);
INTERNAL void blocks_after_fork(void);
/* A pointer without header of ours. False: it is the C library's. Inside a section. */
INTERNAL bool blocks_judge(void* p);
/* Whether that is worth a section. */
extern bool allomorph_has_judge INTERNAL;

#endif
