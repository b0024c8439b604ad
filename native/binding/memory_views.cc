// The arrays over owned memory.

#include <new>

#include "binding/owned_memory.h"

namespace allomorph::binding {
namespace {

void unlink(View* view) {
  View** link = &view->memory->views;
  while (*link != view) link = &(*link)->next;
  *link = view->next;
}

void conceal(View* view) {
  if (!view->exposed) return;
  view->exposed = false;
  view->memory->exposed_views--;
  recount(view->memory);
}

void destroy(napi_env env, View* view) {
  Memory* memory = view->memory;
  unlink(view);
  if (view->array != nullptr) napi_delete_reference(env, view->array);
  delete view;
  drop_memory(memory);
}

// The backing store is gone, or the environment ends.
void finalize(napi_env env, void*, void* hint) {
  auto* view = static_cast<View*>(hint);
  conceal(view);
  // Node calls this while it refuses to make the array: the maker cleans up.
  if (!view->created) return;
  settle_if_unused(view->memory);
  destroy(env, view);
}

bool is_attached(const View* view) {
  napi_env env = view->memory->owner->env;
  napi_value array = nullptr;
  bool detached = true;
  return napi_get_reference_value(env, view->array, &array) == napi_ok && array != nullptr &&
         napi_is_detached_arraybuffer(env, array, &detached) == napi_ok && !detached;
}

// What became of the array, judged by the object that we made.
bool conceal_if_unreachable(View* view) {
  const Owner* owner = view->memory->owner;
  napi_value array = nullptr;
  napi_get_reference_value(owner->env, view->array, &array);
  if (array == nullptr) {
    // Collected, and its finalizer is on the way. It may have been emptied by a
    // transfer before.
    if (!owner->ended || owner->can_transfer) return false;
  } else {
    bool detached = true;
    napi_is_detached_arraybuffer(owner->env, array, &detached);
    if (detached || napi_detach_arraybuffer(owner->env, array) != napi_ok) return false;
  }
  conceal(view);
  return true;
}

// After every array, so that it runs before Node's own hook for that array: at
// the end of an environment ours must see which arrays are still attached.
void make_hook_last(Owner* owner) {
  napi_remove_env_cleanup_hook(owner->env, end_owner, owner);
  napi_add_env_cleanup_hook(owner->env, end_owner, owner);
}

}  // namespace

ViewResult make_view(Memory* memory, napi_value* array) {
  napi_env env = memory->owner->env;
  auto* view = new (std::nothrow) View{memory, nullptr, memory->views, true, false};
  if (view == nullptr) return ViewResult::failed;
  memory->views = view;
  memory->references++;
  memory->exposed_views++;

  const napi_status status =
      napi_create_external_arraybuffer(env, memory->address, memory->size, finalize, view, array);
  if (status == napi_ok && napi_create_reference(env, *array, 0, &view->array) == napi_ok) {
    view->created = true;
    make_hook_last(memory->owner);
    recount(memory);
    return ViewResult::made;
  }
  conceal(view);
  if (status == napi_no_external_buffers_allowed) {
    destroy(env, view);
    return ViewResult::forbidden;
  }
  // Whether Node still calls the finalizer cannot be told. If it does, the record
  // goes then; if not, it stays with the environment's few other losses.
  view->created = true;
  return ViewResult::failed;
}

bool can_detach_views(const Memory* memory) {
  for (const View* view = memory->views; view != nullptr; view = view->next) {
    if (view->exposed && !is_attached(view)) return false;
  }
  return true;
}

bool detach_views(Memory* memory) {
  bool all = true;
  for (View* view = memory->views; view != nullptr; view = view->next) {
    if (view->exposed && !conceal_if_unreachable(view)) all = false;
  }
  return all;
}

}  // namespace allomorph::binding
