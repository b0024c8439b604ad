#include "binding/owned_memory.h"

#include <new>

#include "core/checked.h"
#include "core/open_backends.h"

namespace allomorph::binding {
namespace {

constexpr int64_t report_step = 1 << 20;

void drop_owner(Owner* owner) {
  if (--owner->references == 0) delete owner;
}

// From here on somebody else's, or nobody's.
void settle(Memory* memory) {
  memory->settled = true;
  memory->held = false;
  (memory->previous == nullptr ? memory->owner->first : memory->previous->next) = memory->next;
  if (memory->next != nullptr) memory->next->previous = memory->previous;
  recount(memory);
}

// Without JavaScript. Adopted memory whose allocator got it elsewhere than from a
// checked door stays: only JavaScript knows how to give it back.
void give_back(const Memory* memory) {
  if (memory->backend != nullptr) {
    memory->backend->abi.deallocate(memory->address, memory->old_size, memory->align);
    release_backend(memory->backend->id);
  } else if (memory->is_claimed) {
    const BlockRecord& block = memory->claimed;
    drop_reservation(block.address);
    find_backend(block.backend_id())
        ->abi.deallocate(memory->address, static_cast<size_t>(block.size), block.align());
  }
}

// False when JavaScript cannot be called any more: the environment is ending.
bool tell_javascript(const Memory* memory) {
  const Owner* owner = memory->owner;
  if (memory->listener >= owner->listeners.size()) return false;
  napi_env env = owner->env;
  napi_value callback, id, undefined;
  return napi_get_reference_value(env, owner->listeners[memory->listener], &callback) == napi_ok &&
         callback != nullptr && napi_create_double(env, memory->id, &id) == napi_ok &&
         napi_get_undefined(env, &undefined) == napi_ok &&
         napi_call_function(env, undefined, callback, 1, &id, nullptr) == napi_ok;
}

}  // namespace

Memory* own(Owner* owner, const Backend* backend, uint8_t* address, size_t size, size_t align) {
  auto* memory = new (std::nothrow) Memory{};
  if (memory == nullptr) return nullptr;
  if (backend != nullptr) retain_backend(backend->id);
  memory->owner = owner;
  memory->backend = backend;
  memory->address = address;
  memory->size = memory->old_size = size;
  memory->align = align;
  memory->id = owner->next_id++;
  memory->held = true;
  memory->references = 1;
  memory->next = owner->first;
  if (owner->first != nullptr) owner->first->previous = memory;
  owner->first = memory;
  owner->references++;
  recount(memory);
  return memory;
}

void recount(Memory* memory) {
  Owner* owner = memory->owner;
  const bool hidden = !memory->settled && memory->exposed_views == 0;
  const int64_t now = hidden ? static_cast<int64_t>(memory->size) : 0;
  owner->hidden_bytes += now - memory->hidden_bytes;
  memory->hidden_bytes = now;
  const int64_t change = owner->hidden_bytes - owner->reported_bytes;
  if (change == 0 || owner->ended) return;
  if (change > -report_step && change < report_step && owner->hidden_bytes != 0) return;
  int64_t total;
  if (napi_adjust_external_memory(owner->env, change, &total) == napi_ok) {
    owner->reported_bytes = owner->hidden_bytes;
  }
}

void claim(Memory* memory) {
  if (memory->backend != nullptr || memory->is_claimed) return;
  const auto is_same = [](const BlockRecord& found, void* context) {
    const auto* wanted = static_cast<const Memory*>(context);
    const size_t size = found.size;
    if (found.align() != wanted->align || wanted->old_size < size) return false;
    // Never a larger block that merely begins at the same address.
    return wanted->old_size == size ||
           (!found.size_is_usable &&
            find_backend(found.backend_id())->abi.usable_size(size, found.align()) >=
                wanted->old_size);
  };
  memory->is_claimed = take_block(reinterpret_cast<uintptr_t>(memory->address), is_same, memory,
                                  true, &memory->claimed) == TakeResult::taken;
}

void unclaim(Memory* memory) {
  if (!memory->is_claimed) return;
  memory->is_claimed = false;
  restore_block(memory->claimed);
}

size_t resize_in_place(Memory* memory, size_t size) {
  const bool shrinks = size < memory->size;
  if (shrinks && !can_detach_views(memory)) return 0;
  const size_t usable = memory->backend->abi.reallocate_inplace(memory->address, memory->old_size,
                                                                size, memory->align);
  memory->old_size = usable;
  if (usable < size) return usable;
  // No JavaScript runs between the shrink and this.
  if (shrinks) detach_views(memory);
  memory->size = size;
  recount(memory);
  return usable;
}

MoveResult reallocate(Memory* memory, size_t size) {
  if (!can_detach_views(memory)) return MoveResult::out_of_reach;
  uint8_t* moved =
      memory->backend->abi.reallocate(memory->address, memory->old_size, size, memory->align);
  if (moved == nullptr) return MoveResult::exhausted;
  detach_views(memory);
  memory->address = moved;
  memory->size = memory->old_size = size;
  recount(memory);
  return MoveResult::moved;
}

bool release(Memory* memory) {
  memory->held = false;
  if (!detach_views(memory)) return false;
  settle(memory);
  if (memory->backend != nullptr) {
    give_back(memory);
  } else {
    unclaim(memory);
  }
  return true;
}

void settle_if_unused(Memory* memory) {
  if (memory->held || memory->settled || memory->exposed_views != 0) return;
  settle(memory);
  if (memory->backend == nullptr) {
    unclaim(memory);
    if (tell_javascript(memory)) return;
    claim(memory);
  }
  give_back(memory);
}

void drop_handle(Memory* memory) {
  memory->held = false;
  settle_if_unused(memory);
  drop_memory(memory);
}

void drop_memory(Memory* memory) {
  if (--memory->references != 0) return;
  // What others may still use is left alone for ever, and must not stay in the list.
  if (!memory->settled) settle(memory);
  drop_owner(memory->owner);
  delete memory;
}

void end_owner(void* data) {
  auto* owner = static_cast<Owner*>(data);
  owner->ended = true;
  napi_handle_scope scope = nullptr;
  napi_open_handle_scope(owner->env, &scope);
  for (Memory *memory = owner->first, *next; memory != nullptr; memory = next) {
    next = memory->next;
    const bool unreachable = detach_views(memory);
    settle(memory);
    if (unreachable) give_back(memory);
  }
  if (scope != nullptr) napi_close_handle_scope(owner->env, scope);
  for (napi_ref listener : owner->listeners) napi_delete_reference(owner->env, listener);
  owner->listeners.clear();
  drop_owner(owner);
}

}  // namespace allomorph::binding
