/* Heapsort: qsort may allocate. */
#ifndef ALLOMORPH_COMPOSE_CHECKED_SORT_H
#define ALLOMORPH_COMPOSE_CHECKED_SORT_H

#include <stddef.h>

/* Sorts pointers. `compare` is negative when the first stands before the second. O(n log n) */
void sort_pointers(void** items, size_t count,
                   int (*compare)(const void* first, const void* second));

#endif
