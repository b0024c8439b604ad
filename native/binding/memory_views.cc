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

// Node-API refuses whatever could run JavaScript when an environment ends.
bool is_ending(napi_env env) {
  napi_value global;
  bool found;
  return napi_get_global(env, &global) != napi_ok ||
         napi_has_named_property(env, global, "undefined", &found) != napi_ok;
}

// The backing store is gone, or the environment ends.
void finalize(napi_env env, void*, void* hint) {
  auto* view = static_cast<View*>(hint);
  const bool still_used = view->escaped && is_ending(env);
  if (!still_used) conceal(view);
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

void conceal_if_unreachable(View* view) {
  const Owner* owner = view->memory->owner;
  napi_value array = nullptr;
  napi_get_reference_value(owner->env, view->array, &array);
  // Collected, and its finalizer is on the way; at the end, none comes any more.
  if (array == nullptr && !owner->ended) return;
  if (array != nullptr && is_attached(view)) {
    if (napi_detach_arraybuffer(owner->env, array) != napi_ok) return;
  } else if (!owner->ended) {
    view->escaped = true;
  }
  if (!view->escaped) conceal(view);
}

}  // namespace

ViewResult make_view(Memory* memory, napi_value* array) {
  napi_env env = memory->owner->env;
  auto* view = new (std::nothrow) View{memory, nullptr, memory->views, true, false, false};
  if (view == nullptr) return ViewResult::failed;
  memory->views = view;
  memory->references++;
  memory->exposed_views++;

  const napi_status status =
      napi_create_external_arraybuffer(env, memory->address, memory->size, finalize, view, array);
  if (status == napi_ok && napi_create_reference(env, *array, 0, &view->array) == napi_ok) {
    view->created = true;
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
  for (View* view = memory->views; view != nullptr; view = view->next) {
    if (view->exposed) conceal_if_unreachable(view);
  }
  return memory->exposed_views == 0;
}

}  // namespace allomorph::binding
