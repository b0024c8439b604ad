/* The C library's own malloc, behind ours. Can be called from the first instruction of the process
 * on. */
#ifndef ALLOMORPH_PRELOAD_LIBC_MALLOC_H
#define ALLOMORPH_PRELOAD_LIBC_MALLOC_H

#include <stddef.h>

#include "interposer.h"

INTERNAL void* libc_malloc(size_t size);
INTERNAL void* libc_calloc(size_t count, size_t size);
INTERNAL void* libc_realloc(void* p, size_t size);
INTERNAL void libc_free(void* p);
/* `align`: a power of two. */
INTERNAL void* libc_memalign(size_t align, size_t size);
INTERNAL size_t libc_usable_size(void* p);

#endif
