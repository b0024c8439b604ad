#include "compose/address_set.h"

#include "platform/pages.h"

/* 2^64 / golden ratio: multiplicative hashing, Knuth, TAOCP vol. 3, 6.4. */
static size_t home_of(const address_set* set, uintptr_t address) {
  const uint64_t mixed = (uint64_t)address * UINT64_C(0x9E3779B97F4A7C15);
  return (size_t)(mixed >> 24) & (set->capacity - 1);
}

/* The slot of the address, or the free one where it belongs. */
static size_t find(const address_set* set, uintptr_t address) {
  size_t slot = home_of(set, address);
  while (set->slots[slot] != 0 && set->slots[slot] != address) {
    slot = (slot + 1) & (set->capacity - 1);
  }
  return slot;
}

static bool grow(address_set* set) {
  uintptr_t* const old = set->slots;
  const size_t old_capacity = set->capacity;
  const size_t capacity =
      old_capacity == 0 ? allomorph_page_size() / sizeof(uintptr_t) : old_capacity * 2;
  uintptr_t* slots = allomorph_map_pages(capacity * sizeof(uintptr_t));
  if (slots == NULL) return false;
  set->slots = slots;
  set->capacity = capacity;
  for (size_t slot = 0; slot < old_capacity; slot++) {
    if (old[slot] != 0) slots[find(set, old[slot])] = old[slot];
  }
  if (old != NULL) allomorph_unmap_pages(old, old_capacity * sizeof(uintptr_t));
  return true;
}

bool address_set_reserve(address_set* set) {
  spinlock_lock(&set->lock);
  const size_t claimed = atomic_load_explicit(&set->claimed, memory_order_relaxed);
  const bool done = (claimed + 1) * 2 <= set->capacity || grow(set);
  if (done) atomic_store_explicit(&set->claimed, claimed + 1, memory_order_relaxed);
  spinlock_unlock(&set->lock);
  return done;
}

void address_set_cancel(address_set* set) {
  spinlock_lock(&set->lock);
  atomic_fetch_sub_explicit(&set->claimed, 1, memory_order_relaxed);
  spinlock_unlock(&set->lock);
}

void address_set_add(address_set* set, const void* address) {
  spinlock_lock(&set->lock);
  set->slots[find(set, (uintptr_t)address)] = (uintptr_t)address;
  spinlock_unlock(&set->lock);
}

/* Backward shift: moves later addresses of the same probe run into the gap, so that no tombstones
 * are needed. */
static void erase(address_set* set, size_t gap) {
  const size_t mask = set->capacity - 1;
  for (size_t slot = (gap + 1) & mask; set->slots[slot] != 0; slot = (slot + 1) & mask) {
    const size_t from_home = (slot - home_of(set, set->slots[slot])) & mask;
    const size_t from_gap = (slot - gap) & mask;
    if (from_home >= from_gap) {
      set->slots[gap] = set->slots[slot];
      gap = slot;
    }
  }
  set->slots[gap] = 0;
}

/* Whoever asks about a live block knows it from the thread that added it, and so sees the place
 * claimed. */
static bool is_empty(address_set* set) {
  return atomic_load_explicit(&set->claimed, memory_order_relaxed) == 0;
}

bool address_set_take(address_set* set, const void* address) {
  if (is_empty(set)) return false;
  spinlock_lock(&set->lock);
  const size_t slot = set->capacity == 0 ? 0 : find(set, (uintptr_t)address);
  const bool found = set->capacity != 0 && set->slots[slot] != 0;
  if (found) erase(set, slot);
  spinlock_unlock(&set->lock);
  return found;
}

bool address_set_has(address_set* set, const void* address) {
  if (is_empty(set)) return false;
  spinlock_lock(&set->lock);
  const bool found = set->capacity != 0 && set->slots[find(set, (uintptr_t)address)] != 0;
  spinlock_unlock(&set->lock);
  return found;
}

void address_set_clear(address_set* set) {
  if (set->slots != NULL) allomorph_unmap_pages(set->slots, set->capacity * sizeof(uintptr_t));
  set->slots = NULL;
  set->capacity = 0;
}
