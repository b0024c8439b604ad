/*
 * Specifications of an allocator:
 *
 *   SPEC = system | /absolute/path/of/a/library.so | BLOCK[:key=value[,key=value...]]:SPEC
 */
#ifndef ALLOMORPH_PRELOAD_SPEC_H
#define ALLOMORPH_PRELOAD_SPEC_H

#include "interposer.h"

/* Of one specification. */
enum { most_blocks = 16, longest_spec = 8192 };

/* The allocator that `text` describes; ends the process when there is none. The text is copied. */
INTERNAL allomorph_allocator* spec_build(const char* text);

/* Who asked for it, as the beginning of a sentence: what the user wrote may be no variable. */
INTERNAL const char* spec_origin(void);

/* Exported: what this process runs on, for lib/process/malloc-provider.ts. "": the C library's
 * malloc. */
EXPORT const char* allomorph_malloc_spec(void);

#endif
