/*
 * Memory straight from the operating system, for what must not ask the allocator it
 * stands in front of. Plain C: the preloaded libraries use it too.
 */
#ifndef ALLOMORPH_PLATFORM_PAGES_H
#define ALLOMORPH_PLATFORM_PAGES_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes. */
size_t allomorph_page_size(void);

/* Zeroed pages, `size` rounded up to them. Null: memory or address space is exhausted. */
void* allomorph_map_pages(size_t size);
/* The same pages and size as mapped. */
void allomorph_unmap_pages(void* pages, size_t size);

/* Both need whole pages. Non-zero: the system refused. */
int allomorph_forbid_pages(void* pages, size_t size);
int allomorph_permit_pages(void* pages, size_t size);

/* How many mappings the system allows a process; 0: as many as there is memory. */
size_t allomorph_most_mappings(void);

/* Gives another thread the processor. */
void allomorph_yield(void);

#ifdef __cplusplus
}
#endif

#endif
