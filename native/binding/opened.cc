#include "binding/opened.h"

#include <memory>
#include <new>

#include "compose/table.h"

namespace allomorph::binding {
namespace {

struct Handle {
  BackendId id;
  bool is_open;
};

void finalize(napi_env /*env*/, void* data, void* /*hint*/) {
  const std::unique_ptr<Handle> handle(static_cast<Handle*>(data));
  if (handle->is_open) release_backend(handle->id);
}

// Takes over one use of the backend. Null when there is no memory for it; the use is given up then.
Napi::Value make_handle(Napi::Env env, BackendId id) {
  auto* handle = new (std::nothrow) Handle{id, true};
  napi_value external;
  if (handle != nullptr &&
      napi_create_external(env, handle, finalize, nullptr, &external) == napi_ok) {
    return Napi::Value(env, external);
  }
  delete handle;
  release_backend(id);
  return env.Null();
}

// Null with a pending TypeError when the first argument is none.
Handle* handle_argument(const Napi::CallbackInfo& info) {
  void* data = nullptr;
  if (!info[0].IsExternal() || napi_get_value_external(info.Env(), info[0], &data) != napi_ok) {
    Napi::TypeError::New(info.Env(), "handle expected").ThrowAsJavaScriptException();
    return nullptr;
  }
  return static_cast<Handle*>(data);
}

// close(handle): "closed", or why not.
Napi::Value close(const Napi::CallbackInfo& info) {
  Handle* handle = handle_argument(info);
  if (handle == nullptr) return {};
  const CloseResult result = handle->is_open ? close_backend(handle->id) : CloseResult::closed;
  if (result == CloseResult::closed) handle->is_open = false;
  const char* names[] = {"closed", "live-blocks", "has-users"};
  return Napi::String::New(info.Env(), names[static_cast<size_t>(result)]);
}

// name(id): that of any backend; null when there is none.
Napi::Value name(const Napi::CallbackInfo& info) {
  const Backend* backend =
      find_backend(static_cast<BackendId>(info[0].As<Napi::Number>().Uint32Value() & 0xff));
  return backend == nullptr ? info.Env().Null() : Napi::String::New(info.Env(), backend->abi.name);
}

Napi::Value leads(const Napi::CallbackInfo& info) {
  const Backend* backend = backend_argument(info, 0);
  return Napi::Boolean::New(info.Env(), backend != nullptr && leads_to_global(backend->id));
}

// use(id): a handle that keeps the backend open, for what stands in front of it in JavaScript.
// Null: memory is exhausted.
Napi::Value use(const Napi::CallbackInfo& info) {
  const Backend* backend = backend_argument(info, 0);
  if (backend == nullptr) return {};
  retain_backend(backend->id);
  return make_handle(info.Env(), backend->id);
}

void end_use(const Napi::CallbackInfo& info) {
  Handle* handle = handle_argument(info);
  if (handle == nullptr || !handle->is_open) return;
  handle->is_open = false;
  release_backend(handle->id);
}

}  // namespace

bool behind_argument(const Napi::CallbackInfo& info, size_t index, Behind* result) {
  if (info[index].IsNumber() && info[index].As<Napi::Number>().Int32Value() == -1) {
    *result = {nullptr, global_allocator()};
    return true;
  }
  const Backend* backend = backend_argument(info, index);
  if (backend == nullptr) return false;
  *result = {backend, allomorph_table_allocator_to(&backend->abi, opened_allocator(backend->id))};
  return true;
}

allomorph_allocator* opened_argument(const Napi::CallbackInfo& info) {
  const Backend* backend = backend_argument(info, 0);
  return backend == nullptr ? nullptr : opened_allocator(backend->id);
}

Napi::Value open(Napi::Env env, allomorph_allocator* first, std::initializer_list<Behind> behind,
                 const std::string& name) {
  Chain chain;
  size_t count = 0;
  bool is_complete = first != nullptr;
  const Backend* backends[Chain::most] = {};
  size_t backend_count = 0;
  if (first != nullptr) chain.links[count++] = first;
  for (const Behind& each : behind) {
    is_complete = is_complete && each.allocator != nullptr;
    if (each.allocator != nullptr) chain.links[count++] = each.allocator;
    if (each.backend != nullptr) backends[backend_count++] = each.backend;
  }
  const Backend* backend =
      is_complete ? open_backend(chain, name, std::span(backends, backend_count)) : nullptr;
  if (backend == nullptr) {
    for (allomorph_allocator* link : chain.links) {
      if (link != nullptr) allomorph_destroy(link);
    }
    return env.Null();
  }
  const Napi::Value handle = make_handle(env, backend->id);
  if (handle.IsNull()) return handle;
  Napi::Object result = Napi::Object::New(env);
  result.Set("id", id_of(*backend));
  result.Set("handle", handle);
  return result;
}

void register_opened(Napi::Env env, Napi::Object exports) {
  Napi::Object functions = Napi::Object::New(env);
  add<close>(env, functions, "close");
  add<name>(env, functions, "name");
  add<leads>(env, functions, "leadsToGlobal");
  add<use>(env, functions, "use");
  add<end_use>(env, functions, "endUse");
  exports.Set("opened", functions);
}

}  // namespace allomorph::binding
