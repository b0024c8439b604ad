// The one heap of the process, behind a lock that fork() respects.
#pragma once

#include "heap.h"

void* heap_allocate(std::size_t size, std::size_t align);
void heap_deallocate(void* payload);
bool heap_resize(void* payload, std::size_t size);
