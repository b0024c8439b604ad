/*
 * A set of addresses in pages of its own: an open-addressing hash table with linear probing and
 * backward-shift deletion under a spinlock. O(1), amortised. Half full at most.
 */
#ifndef ALLOMORPH_COMPOSE_ADDRESS_SET_H
#define ALLOMORPH_COMPOSE_ADDRESS_SET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compose/spinlock.h"

/* Zeroed: empty. */
typedef struct address_set {
  spinlock lock;
  uintptr_t* slots;      /* 0: free */
  size_t capacity;       /* a power of two, or 0 */
  atomic_size_t claimed; /* addresses, and places that are kept */
} address_set;

/* Keeps a place for one address, so that adding it cannot fail. False: memory is exhausted. */
bool address_set_reserve(address_set* set);
void address_set_cancel(address_set* set);

/* Takes a kept place. The address is not in the set. */
void address_set_add(address_set* set, const void* address);

/* Whether the address was in the set; if so, its place is kept. */
bool address_set_take(address_set* set, const void* address);

bool address_set_has(address_set* set, const void* address);

/* Gives the pages back. */
void address_set_clear(address_set* set);

#endif
