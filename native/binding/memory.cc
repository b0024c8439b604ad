// Owned memory as lib/native/addon.ts describes it. A handle is an external value
// that holds one reference to a Memory.

#include "binding/binding.h"

#include <cstdlib>
#include <cstring>

#include "binding/owned_memory.h"

namespace allomorph::binding {
namespace {

Owner* owner_of(const Napi::CallbackInfo& info) {
  return static_cast<Owner*>(info.Data());
}

// Null when the argument is no handle, or its memory is no longer held.
Memory* memory_argument(const Napi::CallbackInfo& info, size_t index = 0) {
  void* data = nullptr;
  if (!info[index].IsExternal() ||
      napi_get_value_external(info.Env(), info[index], &data) != napi_ok) {
    return nullptr;
  }
  auto* memory = static_cast<Memory*>(data);
  return memory->held ? memory : nullptr;
}

// Null when it cannot be made; the memory is the caller's again then.
Napi::Value make_handle(Napi::Env env, Memory* memory) {
  const auto finalize = [](napi_env, void* data, void*) {
    drop_handle(static_cast<Memory*>(data));
  };
  napi_value handle;
  if (napi_create_external(env, memory, finalize, nullptr, &handle) == napi_ok) {
    return Napi::Value(env, handle);
  }
  return env.Null();
}

// allocate(backend, size, align): handle, or null when memory is exhausted
Napi::Value allocate(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const Backend* backend = backend_argument(info, 0);
  if (backend == nullptr) return {};
  const size_t size = size_argument(info, 1), align = size_argument(info, 2);
  if (size > PTRDIFF_MAX) return env.Null();
  uint8_t* address = backend->abi.allocate(size, align);
  if (address == nullptr) return env.Null();
  Memory* memory = own(owner_of(info), backend, address, size, align);
  if (memory == nullptr) {
    backend->abi.deallocate(address, size, align);
    return env.Null();
  }
  const Napi::Value handle = make_handle(env, memory);
  if (handle.IsNull()) drop_handle(memory);
  return handle;
}

// adopt(address, size, align, listener): handle, or null: it is still the
// caller's then
Napi::Value adopt(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  Memory* memory = own(owner_of(info), nullptr, pointer_argument(info, 0), size_argument(info, 1),
                       size_argument(info, 2));
  if (memory == nullptr) return env.Null();
  const Napi::Value handle = make_handle(env, memory);
  if (handle.IsNull()) {
    release(memory);
    drop_memory(memory);
  } else {
    memory->listener = size_argument(info, 3);
    claim(memory);
  }
  return handle;
}

Napi::Value address(const Napi::CallbackInfo& info) {
  const Memory* memory = memory_argument(info);
  return number(info.Env(), memory == nullptr ? 0 : reinterpret_cast<uintptr_t>(memory->address));
}

Napi::Value id(const Napi::CallbackInfo& info) {
  const Memory* memory = memory_argument(info);
  return Napi::Number::New(info.Env(), memory == nullptr ? 0 : memory->id);
}

// array(handle): null when it could not be made
Napi::Value array(const Napi::CallbackInfo& info) {
  Memory* memory = memory_argument(info);
  napi_value result;
  if (memory == nullptr || make_view(memory, &result) != ViewResult::made) return info.Env().Null();
  return {info.Env(), result};
}

// For memory of a backend; see owned_memory.h.
Napi::Value resize(const Napi::CallbackInfo& info) {
  Memory* memory = memory_argument(info);
  const size_t size = size_argument(info, 1);
  const bool possible = memory != nullptr && memory->backend != nullptr && size <= PTRDIFF_MAX;
  return number(info.Env(), possible ? resize_in_place(memory, size) : 0);
}

Napi::Value move(const Napi::CallbackInfo& info) {
  Memory* memory = memory_argument(info);
  const size_t size = size_argument(info, 1);
  const bool possible = memory != nullptr && memory->backend != nullptr && size <= PTRDIFF_MAX;
  const MoveResult result = possible ? reallocate(memory, size) : MoveResult::exhausted;
  return Napi::Number::New(info.Env(), static_cast<double>(static_cast<int8_t>(result)));
}

// For adopted memory, around a call of its allocator that resizes it.
Napi::Value lend(const Napi::CallbackInfo& info) {
  if (Memory* memory = memory_argument(info)) unclaim(memory);
  return info.Env().Undefined();
}

// takeBack(handle, size, oldSize)
Napi::Value take_back(const Napi::CallbackInfo& info) {
  Memory* memory = memory_argument(info);
  if (memory == nullptr || memory->backend != nullptr) return info.Env().Undefined();
  memory->size = size_argument(info, 1);
  memory->old_size = size_argument(info, 2);
  claim(memory);
  recount(memory);
  return info.Env().Undefined();
}

Napi::Value detach(const Napi::CallbackInfo& info) {
  Memory* memory = memory_argument(info);
  return Napi::Boolean::New(info.Env(), memory != nullptr && detach_views(memory));
}

Napi::Value release_handle(const Napi::CallbackInfo& info) {
  Memory* memory = memory_argument(info);
  return Napi::Boolean::New(info.Env(), memory != nullptr && release(memory));
}

// zero(handle, start, end)
Napi::Value zero(const Napi::CallbackInfo& info) {
  const Memory* memory = memory_argument(info);
  const size_t start = size_argument(info, 1), end = size_argument(info, 2);
  if (memory != nullptr && start < end && end <= memory->size) {
    std::memset(memory->address + start, 0, end - start);
  }
  return info.Env().Undefined();
}

// copy(from, to, length)
Napi::Value copy(const Napi::CallbackInfo& info) {
  const Memory* from = memory_argument(info, 0);
  const Memory* to = memory_argument(info, 1);
  const size_t length = size_argument(info, 2);
  if (from != nullptr && to != nullptr && length <= from->size && length <= to->size) {
    std::memcpy(to->address, from->address, length);
  }
  return info.Env().Undefined();
}

// Whether this runtime allows arrays over foreign memory.
Napi::Value allows_external(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  constexpr size_t any_size = 16;
  void* bytes = std::malloc(any_size);
  if (bytes == nullptr) return env.Null();
  const auto finalize = [](napi_env, void* data, void*) { std::free(data); };
  napi_value array;
  const napi_status status =
      napi_create_external_arraybuffer(env, bytes, any_size, finalize, nullptr, &array);
  if (status == napi_no_external_buffers_allowed) std::free(bytes);
  return Napi::Boolean::New(env, status == napi_ok);
}

// Of an ArrayBuffer that owns its bytes.
Napi::Value array_address(const Napi::CallbackInfo& info) {
  void* data = nullptr;
  if (info[0].IsArrayBuffer()) {
    napi_get_arraybuffer_info(info.Env(), info[0], &data, nullptr);
  }
  return number(info.Env(), reinterpret_cast<uintptr_t>(data));
}

Napi::Value detach_array(const Napi::CallbackInfo& info) {
  if (info[0].IsArrayBuffer()) napi_detach_arraybuffer(info.Env(), info[0]);
  return info.Env().Undefined();
}

// What V8 was told of bytes that no array shows.
Napi::Value reported(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(owner_of(info)->reported_bytes));
}

// The function is called with the id of adopted memory that nobody holds any
// more. The result is its number for `adopt`.
Napi::Value on_unowned(const Napi::CallbackInfo& info) {
  std::vector<napi_ref>& listeners = owner_of(info)->listeners;
  napi_ref listener;
  if (info[0].IsFunction() && napi_create_reference(info.Env(), info[0], 1, &listener) == napi_ok) {
    listeners.push_back(listener);
  }
  return number(info.Env(), listeners.size() - 1);
}

template <auto function>
void add(Napi::Env env, Napi::Object target, const char* name, Owner* owner) {
  target.Set(name, Napi::Function::New<function>(env, name, owner));
}

}  // namespace

void register_memory(Napi::Env env, Napi::Object exports) {
  auto* owner = new Owner();
  owner->env = env;
  napi_add_env_cleanup_hook(env, end_owner, owner);
  Napi::Object memory = Napi::Object::New(env);
  add<allocate>(env, memory, "allocate", owner);
  add<adopt>(env, memory, "adopt", owner);
  add<address>(env, memory, "address", owner);
  add<id>(env, memory, "id", owner);
  add<array>(env, memory, "array", owner);
  add<resize>(env, memory, "resizeInplace", owner);
  add<move>(env, memory, "reallocate", owner);
  add<lend>(env, memory, "lend", owner);
  add<take_back>(env, memory, "takeBack", owner);
  add<detach>(env, memory, "detach", owner);
  add<release_handle>(env, memory, "release", owner);
  add<zero>(env, memory, "zero", owner);
  add<copy>(env, memory, "copy", owner);
  add<allows_external>(env, memory, "allowsExternal", owner);
  add<array_address>(env, memory, "arrayAddress", owner);
  add<detach_array>(env, memory, "detachArray", owner);
  add<reported>(env, memory, "reported", owner);
  add<on_unowned>(env, memory, "onUnowned", owner);
  exports.Set("memory", memory);
}

}  // namespace allomorph::binding
