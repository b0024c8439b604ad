/* Memory of the operating system. */
#ifndef PAGES_H
#define PAGES_H

#include <stddef.h>

/* Zeroed memory at a multiple of `align`, a power of two; null when there is none. `size` is
   rounded up to a page by the system. */
void* pages_map(size_t size, size_t align);

void pages_unmap(void* start, size_t size);

/* Makes a mapping longer or shorter where it lies; 0 when other memory is in the way. Sizes are
   multiples of the page. */
int pages_resize(void* start, size_t old_size, size_t size);

/* The same, at another address if need be: the pages are moved, not copied. Null: nothing has
 * changed. */
void* pages_move(void* start, size_t old_size, size_t size);

#endif
