#include "core/open_backends.h"

#include <array>
#include <atomic>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/block_table.h"
#include "core/counted.h"
#include "core/registry.h"
#include "core/spinlock.h"

namespace allomorph {
namespace {

constexpr size_t places = max_backends - built_in_backends;

constexpr BackendId id_of(size_t place) {
  return static_cast<BackendId>(built_in_backends + place);
}

// --- What a closed place calls: for users of `unsafe`, which nobody checks.

uint8_t* closed_allocate(allomorph_allocator*, size_t, size_t) {
  return nullptr;
}
void closed_deallocate(allomorph_allocator*, uint8_t*, size_t, size_t) {
}
uint8_t* closed_reallocate(allomorph_allocator*, uint8_t*, size_t, size_t, size_t) {
  return nullptr;
}
size_t closed_reallocate_inplace(allomorph_allocator*, uint8_t*, size_t old_size, size_t, size_t) {
  return old_size;
}
size_t closed_usable_size(allomorph_allocator*, size_t size, size_t) {
  return size;
}
void closed_destroy(allomorph_allocator*) {
}

constexpr allomorph_functions closed_functions = {
    closed_allocate,
    closed_deallocate,
    closed_reallocate,
    closed_reallocate_inplace,
    closed_usable_size,
    closed_destroy,
    nullptr,
    nullptr,
    nullptr,
};
constinit allomorph_allocator closed = {&closed_functions};

// Outside Place, and atomic: every call reads it, without the lock.
template <size_t... place>
constexpr std::array<std::atomic<allomorph_allocator*>, places> all_closed(
    std::index_sequence<place...>) {
  return {{(static_cast<void>(place), &closed)...}};
}
constinit std::array<std::atomic<allomorph_allocator*>, places> called =
    all_closed(std::make_index_sequence<places>());

template <size_t place>
struct Placed {
  static constexpr BackendId id = id_of(place);

  static allomorph_allocator* self() {
    return called[place].load(std::memory_order_acquire);
  }
  static uint8_t* allocate(size_t size, size_t align) {
    return allomorph_allocate(self(), size, align);
  }
  static void deallocate(uint8_t* ptr, size_t old_size, size_t align) {
    allomorph_deallocate(self(), ptr, old_size, align);
  }
  static uint8_t* reallocate(uint8_t* ptr, size_t old_size, size_t size, size_t align) {
    return allomorph_reallocate(self(), ptr, old_size, size, align);
  }
  static size_t reallocate_inplace(uint8_t* ptr, size_t old_size, size_t size, size_t align) {
    return allomorph_reallocate_inplace(self(), ptr, old_size, size, align);
  }
  static size_t usable_size(size_t size, size_t align) {
    return allomorph_usable_size(self(), size, align);
  }
};

template <size_t... place>
constexpr std::array<Backend, places> make_backends(std::index_sequence<place...>) {
  return {make_backend<Placed<place>>("")...};
}

// Never destroyed: threads may still allocate while the process exits.
struct Place {
  std::string name;
  Chain chain;
  std::vector<BackendId> behind;
  size_t users = 0;
  bool is_open = false;
};

constinit Spinlock lock;

std::array<Backend, places>& backends() {
  static auto* instance =
      new std::array<Backend, places>(make_backends(std::make_index_sequence<places>()));
  return *instance;
}

std::array<Place, places>& table() {
  static auto* instance = new std::array<Place, places>;
  return *instance;
}

bool is_place(BackendId id) {
  const auto index = static_cast<size_t>(id);
  return index >= built_in_backends && index < max_backends;
}

size_t place_of(BackendId id) {
  return static_cast<size_t>(id) - built_in_backends;
}

void release_locked(BackendId id);

LiveCounts live_locked(size_t index) {
  allomorph_allocator* first = table()[index].chain.links[0];
  if (first == nullptr || first->functions->live == nullptr) return live_counts(id_of(index));
  uint64_t blocks;
  uint64_t bytes;
  first->functions->live(first, &blocks, &bytes);
  return {static_cast<int64_t>(blocks), static_cast<int64_t>(bytes)};
}

// The place starts from nothing, whatever was counted.
void forget_counts(BackendId id) {
  const LiveCounts live = live_counts(id);
  count(id, -static_cast<int64_t>(live.blocks), -static_cast<int64_t>(live.bytes));
}

void close_locked(size_t index) {
  Place& place = table()[index];
  called[index].store(&closed, std::memory_order_release);
  forget_counts(id_of(index));
  for (allomorph_allocator* link : place.chain.links) {
    if (link != nullptr) allomorph_destroy(link);
  }
  place.chain = {};
  place.is_open = false;
  for (const BackendId id : std::exchange(place.behind, {})) release_locked(id);
}

void close_if_unused(size_t index) {
  Place& place = table()[index];
  if (place.is_open && place.users == 0 && live_locked(index).blocks == 0) {
    close_locked(index);
  }
}

void release_locked(BackendId id) {
  if (!is_place(id)) return;
  const size_t index = place_of(id);
  table()[index].users--;
  close_if_unused(index);
}

void retain_locked(BackendId id) {
  if (is_place(id)) table()[place_of(id)].users++;
}

// --- The global backend as the end of a chain.

const allomorph_abi& global_abi() {
  return freeze_global().abi;
}
uint8_t* global_allocate(allomorph_allocator*, size_t size, size_t align) {
  return global_abi().allocate(size, align);
}
void global_deallocate(allomorph_allocator*, uint8_t* ptr, size_t old_size, size_t align) {
  global_abi().deallocate(ptr, old_size, align);
}
uint8_t* global_reallocate(allomorph_allocator*, uint8_t* ptr, size_t old_size, size_t size,
                           size_t align) {
  return global_abi().reallocate(ptr, old_size, size, align);
}
size_t global_reallocate_inplace(allomorph_allocator*, uint8_t* ptr, size_t old_size, size_t size,
                                 size_t align) {
  return global_abi().reallocate_inplace(ptr, old_size, size, align);
}
// Asking settles nothing.
size_t global_usable_size(allomorph_allocator*, size_t size, size_t align) {
  return global_state().effective->abi.usable_size(size, align);
}
void global_destroy(allomorph_allocator*) {
}

constexpr allomorph_functions global_functions = {
    global_allocate,
    global_deallocate,
    global_reallocate,
    global_reallocate_inplace,
    global_usable_size,
    global_destroy,
    nullptr,
    nullptr,
    nullptr,
};
constinit allomorph_allocator the_global = {&global_functions};

// --- What a closed door calls.

// Without counting: there is no room for it, and nothing to count.
struct NeverOpen {
  static constexpr auto id = static_cast<BackendId>(max_backends);

  static uint8_t* allocate(size_t, size_t) {
    return nullptr;
  }
  static void deallocate(uint8_t*, size_t, size_t) {
  }
  static uint8_t* reallocate(uint8_t*, size_t, size_t, size_t) {
    return nullptr;
  }
  static size_t reallocate_inplace(uint8_t*, size_t, size_t, size_t) {
    return 0;
  }
  static size_t usable_size(size_t, size_t) {
    return 0;
  }
};

}  // namespace

static_assert(NeverOpen::id == static_cast<BackendId>(64),
              "closedBackend in lib/allocators/backend.ts");

constinit const Backend closed_backend = {NeverOpen::id, abi_of<NeverOpen>("closed"),
                                          abi_of<NeverOpen>("closed")};

const Backend* open_backend(const Chain& chain, std::string_view name,
                            std::span<const Backend* const> behind) {
  const std::lock_guard guard(lock);
  for (size_t index = 0; index < places; index++) close_if_unused(index);
  for (size_t index = 0; index < places; index++) {
    Place& place = table()[index];
    if (place.is_open) continue;
    place.name = name;
    place.chain = chain;
    place.users = 1;
    place.is_open = true;
    for (const Backend* each : behind) {
      retain_locked(each->id);
      place.behind.push_back(each->id);
    }
    Backend& backend = backends()[index];
    backend.abi.name = backend.uncounted.name = place.name.c_str();
    called[index].store(chain.links[0], std::memory_order_release);
    register_backend(backend);
    return &backend;
  }
  return nullptr;
}

allomorph_allocator* opened_allocator(BackendId id) {
  const std::lock_guard guard(lock);
  return is_place(id) ? table()[place_of(id)].chain.links[0] : nullptr;
}

LiveCounts live_blocks(BackendId id) {
  if (!is_place(id)) return live_counts(id);
  const std::lock_guard guard(lock);
  return live_locked(place_of(id));
}

void retain_backend(BackendId id) {
  if (!is_place(id)) return;
  const std::lock_guard guard(lock);
  retain_locked(id);
}

void release_backend(BackendId id) {
  if (!is_place(id)) return;
  const std::lock_guard guard(lock);
  release_locked(id);
}

CloseResult close_backend(BackendId id) {
  const std::lock_guard guard(lock);
  if (!is_place(id)) return CloseResult::has_users;
  const size_t index = place_of(id);
  Place& place = table()[index];
  if (live_locked(index).blocks != 0) return CloseResult::live_blocks;
  if (place.users > 1) return CloseResult::has_users;
  place.users = 0;
  close_locked(index);
  return CloseResult::closed;
}

bool forget_blocks(BackendId id) {
  const std::lock_guard guard(lock);
  if (!is_place(id) || table()[place_of(id)].users > 1) return false;
  forget_counts(id);
  forget_blocks_of(id);
  return true;
}

bool leads_to_global(BackendId id) {
  const std::lock_guard guard(lock);
  std::vector<BackendId> waiting = {id};
  while (!waiting.empty()) {
    const BackendId next = waiting.back();
    waiting.pop_back();
    if (!is_place(next)) continue;
    const Place& place = table()[place_of(next)];
    for (const allomorph_allocator* link : place.chain.links) {
      if (link == &the_global) return true;
    }
    waiting.insert(waiting.end(), place.behind.begin(), place.behind.end());
  }
  return false;
}

allomorph_allocator* global_allocator() {
  return &the_global;
}

}  // namespace allomorph
