// Backends that are opened while the program runs: an allocator with state
// (compose/allocator.h) behind five functions without.
//
// The ABI has no argument for state, so each place has five functions of its own that know their
// place; there is a fixed number of them. A place is used again when its backend is closed.
#ifndef ALLOMORPH_CORE_OPEN_BACKENDS_H
#define ALLOMORPH_CORE_OPEN_BACKENDS_H

#include <span>
#include <string_view>

#include "compose/allocator.h"
#include "core/backend.h"
#include "core/counters.h"

namespace allomorph {

// Owned by the backend: destroyed when it is closed, in the order given, the
// first of them is what the backend calls.
struct Chain {
  static constexpr size_t most = 4;
  allomorph_allocator* links[most] = {};
};

// Opens a backend with one user. `behind` are the backends that the chain calls:
// they count it among their users. Null: all places are taken; the chain is
// then still the caller's.
const Backend* open_backend(const Chain& chain, std::string_view name,
                            std::span<const Backend* const> behind);

// The first link of an opened backend's chain; null for one that is built in or closed.
allomorph_allocator* opened_allocator(BackendId id);

// What is live of any backend: of an opened one by its own account, where it keeps one
// (allomorph_functions::live).
LiveCounts live_blocks(BackendId id);

// What a door of a closed backend calls, so that it reaches no other one that has its place by
// now: finds memory exhausted, holds no block, and answers 0. Its id is that of no place, and
// find_backend does not know it.
extern const Backend closed_backend;

// Users: whoever keeps the id. Neither does anything to a backend that is built in. When the last
// user is gone, the backend is closed as soon as none of its blocks is live, which is looked at
// then and whenever another one is opened.
void retain_backend(BackendId id);
void release_backend(BackendId id);

enum class CloseResult : uint8_t { closed, live_blocks, has_users };
// Closes a backend now, for its only user; the user is gone then. Refused while
// blocks are live, and while others use it: a chain in front of it, a cache, the global choice.
CloseResult close_backend(BackendId id);

// Before all blocks of a backend are taken back at once: none of them is recorded or counted any
// more. False: somebody else uses it, and nothing has changed.
bool forget_blocks(BackendId id);

// Whether its chain ends at the global backend, whatever that is.
bool leads_to_global(BackendId id);

// The global backend as the end of a chain. Allocating through it settles the choice.
allomorph_allocator* global_allocator();

}  // namespace allomorph

#endif
