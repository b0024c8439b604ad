/*
 * liballomorph-malloc.so: the malloc family of a whole process over one allocator of five
 * functions.
 *
 * Preloaded behind the guard. A constructor builds the allocator that SPEC_VARIABLE describes;
 * until then, and for every call that comes from inside the five functions, memory is the C
 * library's. Nothing here allocates through malloc, and nothing is ever torn down: blocks are freed
 * until the process is gone.
 */
#ifndef ALLOMORPH_PRELOAD_INTERPOSER_H
#define ALLOMORPH_PRELOAD_INTERPOSER_H

#include "compose/allocator.h"

#define INTERNAL __attribute__((visibility("hidden")))
#define EXPORT __attribute__((visibility("default")))
#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

/* Holds the specification, libraries and files as absolute paths; lib/process/plan.ts writes it. */
#define SPEC_VARIABLE "ALLOMORPH_MALLOC"

/* Of failures before main, as the guard's. */
enum { start_failed_status = 125 };

/* Every allocator has to align this far; malloc promises it for each block. */
enum { least_align = 16 };

/* What the process runs on; null until the constructor is through. Written once. */
extern allomorph_allocator* allomorph_chain INTERNAL;

#endif
