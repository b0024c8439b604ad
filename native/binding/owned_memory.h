// Memory that an environment owns and shows to JavaScript through ArrayBuffers.
//
// A Memory goes back to its allocator when JavaScript no longer holds its handle
// and no array over it can be reached; at the latest when its environment ends.
// An array is known to be unreachable when we detached it while it was attached,
// or when its backing store was freed: then its finalizer runs.
//
// `ArrayBuffer.prototype.transfer` moves bytes to another array, perhaps of another
// thread, and leaves ours detached. lib/blocks refuses it on the object, but the
// function of the prototype can be called on any. Memory whose bytes we find to
// be gone waits for the finalizer, and is left alone if the environment ends
// before: Node then runs all finalizers, whether the bytes are still used or not.
//
// All of it runs on the environment's thread.
#ifndef ALLOMORPH_BINDING_OWNED_MEMORY_H
#define ALLOMORPH_BINDING_OWNED_MEMORY_H

#include <napi.h>

#include <vector>

#include "core/backend.h"
#include "core/block_table.h"

namespace allomorph::binding {

struct Memory;

// One array over a Memory; lives until its finalizer has run.
struct View {
  Memory* memory;
  napi_ref array;  // weak
  View* next;
  bool exposed;  // JavaScript may still reach the bytes through it
  bool escaped;  // found detached by others
  bool created;  // false while Node-API is making the array
};

// What one environment owns.
struct Owner {
  napi_env env = nullptr;
  Memory* first = nullptr;
  size_t references = 1;  // the environment, and each Memory
  double next_id = 1;
  // Bytes that no array shows: V8 counts the others itself.
  int64_t hidden_bytes = 0;
  int64_t reported_bytes = 0;
  // What each copy of the JavaScript is told through; see Memory::listener.
  std::vector<napi_ref> listeners;
  bool ended = false;
};

struct Memory {
  Owner* owner;
  Memory* previous;
  Memory* next;
  // Null: adopted from an allocator in JavaScript, which deallocates it.
  const Backend* backend;
  uint8_t* address;
  size_t size;      // what arrays show
  size_t old_size;  // what the allocator is told: from `size` up to the usable size
  size_t align;
  // Of adopted memory: which copy of the JavaScript deallocates it, and by what name.
  size_t listener;
  double id;
  // Adopted memory that is a block of the checked door is taken out of the block
  // table, so that nobody else can free it.
  BlockRecord claimed;
  bool is_claimed;
  bool held;     // JavaScript has the handle and did not release it
  bool settled;  // given back, or left alone for ever
  View* views;
  size_t exposed_views;
  int64_t hidden_bytes;  // this memory's part of the owner's
  size_t references;     // the handle, and each view
};

// Null when there is no memory for it. The caller makes the handle, which holds
// the one reference.
Memory* own(Owner* owner, const Backend* backend, uint8_t* address, size_t size, size_t align);

// What became of an array that was asked for.
enum class ViewResult : uint8_t { made, forbidden, failed };
ViewResult make_view(Memory* memory, napi_value* array);

// To be called when an array was found unreachable; gives back what nobody can
// reach any more.
void settle_if_unused(Memory* memory);

// Whether detach_views would succeed.
bool can_detach_views(const Memory* memory);

// Detaches the arrays that can be. False when others, out of reach, may have the
// bytes.
bool detach_views(Memory* memory);

// Takes the record out of the block table if it is exactly this memory's, and
// puts it back.
void claim(Memory* memory);
void unclaim(Memory* memory);

// Resizes a backend's memory where it lies. The result is the usable size it now
// has: success if and only if that is >= `size`. 0: an array over it is out of
// reach, so that no byte may be given back. After a shrink the arrays are detached.
size_t resize_in_place(Memory* memory, size_t size);

// The same, moving it if need be; arrays are detached.
enum class MoveResult : int8_t { exhausted = 0, moved = 1, out_of_reach = 2 };
MoveResult reallocate(Memory* memory, size_t size);

// Ends the holding. True: the memory is free, or for an adopted one: the caller
// deallocates it now. False: that follows when the last array is gone.
bool release(Memory* memory);

// The handle was collected.
void drop_handle(Memory* memory);

void drop_memory(Memory* memory);

// The environment ends: everything goes back that no array can still show.
void end_owner(void* owner);

// To be called after size, exposed views or state changed: keeps V8's idea of
// external memory right, in steps, as each report may start a collection.
void recount(Memory* memory);

}  // namespace allomorph::binding

#endif
