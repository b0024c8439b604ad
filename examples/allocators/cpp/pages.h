// Memory of the operating system.
#pragma once

#include <cstddef>

// Zeroed memory at a multiple of `align`, a power of two; null when there is none. `size` is a
// multiple of the page.
void* pages_map(std::size_t size, std::size_t align);

void pages_unmap(void* start, std::size_t size);

// Makes a mapping longer or shorter where it lies; false when other memory is in the way.
bool pages_resize(void* start, std::size_t old_size, std::size_t size);

// The same, at another address if need be: the pages are moved, not copied. Null: nothing has
// changed.
void* pages_move(void* start, std::size_t old_size, std::size_t size);
