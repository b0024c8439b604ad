// The five functions through two doors: unsafe (the exact ABI) and checked.
//
// Arguments and results travel in the call frame, a Float64Array that JavaScript
// and C++ share: JavaScript stores the arguments from slot 0 on and the id of
// the backend in slot 4, calls without arguments, and reads the result from
// slot 0. An id of no backend, as a closed door has it, calls closed_backend.
// Converting one number costs more than allocating a small block, and so does
// making the result a heap number; the frame needs neither. It is per thread,
// and none of these functions calls
// back into JavaScript, so that no call can overwrite another's frame. The
// backend is an argument and not a function of its own, as a call site that
// always calls the same function is what V8 makes fast: measured, two targets
// cost twice the time of one.
// Plain Node-API: these calls are the hot path.

#include <array>

#include "binding/binding.h"
#include "core/checked.h"
#include "core/counters.h"
#include "core/open_backends.h"

namespace allomorph::binding {
namespace {

constexpr size_t backend_slot = 4;
constexpr size_t frame_slots = 5;

// One call: where its arguments are read and its result goes.
class Call {
 public:
  Call(napi_env env, napi_callback_info info) {
    void* frame = nullptr;
    napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &frame);
    frame_ = static_cast<double*>(frame);
    const Backend* found = find_backend(static_cast<BackendId>(size(backend_slot)));
    backend_ = found != nullptr ? found : &closed_backend;
  }

  const Backend& backend() const {
    return *backend_;
  }
  const allomorph_abi& abi() const {
    return backend_->abi;
  }
  size_t size(size_t slot) const {
    return static_cast<size_t>(static_cast<int64_t>(frame_[slot]));
  }
  uint8_t* pointer(size_t slot) const {
    return reinterpret_cast<uint8_t*>(size(slot));
  }

  void result(size_t value) const {
    frame_[0] = static_cast<double>(value);
  }
  void result(const uint8_t* ptr) const {
    result(reinterpret_cast<uintptr_t>(ptr));
  }
  void result(BlockFault fault) const {
    frame_[0] = static_cast<double>(static_cast<int8_t>(fault));
  }

 private:
  const Backend* backend_;
  double* frame_;
};

// --- unsafe

napi_value unsafe_allocate(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  call.result(call.abi().allocate(call.size(0), call.size(1)));
  return nullptr;
}

napi_value unsafe_deallocate(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  call.abi().deallocate(call.pointer(0), call.size(1), call.size(2));
  return nullptr;
}

napi_value unsafe_reallocate(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  call.result(call.abi().reallocate(call.pointer(0), call.size(1), call.size(2), call.size(3)));
  return nullptr;
}

napi_value unsafe_reallocate_inplace(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  call.result(
      call.abi().reallocate_inplace(call.pointer(0), call.size(1), call.size(2), call.size(3)));
  return nullptr;
}

napi_value unsafe_usable_size(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  call.result(call.abi().usable_size(call.size(0), call.size(1)));
  return nullptr;
}

// --- checked: a BlockFault is handed to TypeScript, which throws.

napi_value safe_allocate(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  call.result(checked_allocate(call.backend(), call.size(0), call.size(1)));
  return nullptr;
}

napi_value safe_deallocate(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  call.result(checked_deallocate(call.backend(), call.size(0), call.size(1), call.size(2)));
  return nullptr;
}

napi_value safe_reallocate(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const auto [ptr, fault] =
      checked_reallocate(call.backend(), call.size(0), call.size(1), call.size(2), call.size(3));
  if (fault == BlockFault::none) {
    call.result(ptr);
  } else {
    call.result(fault);
  }
  return nullptr;
}

napi_value safe_reallocate_inplace(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const auto [usable, fault] = checked_reallocate_inplace(call.backend(), call.size(0),
                                                          call.size(1), call.size(2), call.size(3));
  if (fault == BlockFault::none) {
    call.result(usable);
  } else {
    call.result(fault);
  }
  return nullptr;
}

struct Method {
  const char* name;
  napi_callback unsafe;
  napi_callback safe;
};

constexpr std::array methods{
    Method{"allocate", unsafe_allocate, safe_allocate},
    Method{"deallocate", unsafe_deallocate, safe_deallocate},
    Method{"reallocate", unsafe_reallocate, safe_reallocate},
    Method{"reallocateInplace", unsafe_reallocate_inplace, safe_reallocate_inplace},
    Method{"usableSize", unsafe_usable_size, unsafe_usable_size},
};

Napi::Object door(Napi::Env env, double* frame, napi_callback Method::*kind) {
  Napi::Object functions = Napi::Object::New(env);
  for (const Method& method : methods) {
    napi_value function;
    // Fails in a worker that is being terminated.
    if (napi_create_function(env, method.name, NAPI_AUTO_LENGTH, method.*kind, frame, &function) ==
        napi_ok) {
      functions.Set(method.name, Napi::Value(env, function));
    }
  }
  return functions;
}

Napi::Value live(const Napi::CallbackInfo& info) {
  const Backend* backend = backend_argument(info, 0);
  if (backend == nullptr) return {};
  const LiveCounts counts = live_blocks(backend->id);
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("blocks", static_cast<double>(counts.blocks));
  result.Set("bytes", static_cast<double>(counts.bytes));
  return result;
}

// The exported functions as a table: it follows the global backend, and settles the choice with
// the first allocation.
constexpr allomorph_abi following = {
    .version = ALLOMORPH_ABI_VERSION,
    .struct_size = sizeof(allomorph_abi),
    .name = "global",
    .allocate = __rust_allocate,
    .deallocate = __rust_deallocate,
    .reallocate = __rust_reallocate,
    .reallocate_inplace = __rust_reallocate_inplace,
    .usable_size = __rust_usable_size,
};

// abiTable(backend): -1 is the global one, whichever that is. Nobody tells when the address is no
// longer used: from now on the backend stays open.
Napi::Value abi_table(const Napi::CallbackInfo& info) {
  const allomorph_abi* table = &following;
  if (!info[0].IsNumber() || info[0].As<Napi::Number>().Int32Value() != -1) {
    const Backend* backend = backend_argument(info, 0);
    if (backend == nullptr) return {};
    retain_backend(backend->id);
    table = &backend->abi;
  }
  return Napi::BigInt::New(info.Env(), static_cast<uint64_t>(reinterpret_cast<uintptr_t>(table)));
}

}  // namespace

void register_backends(Napi::Env env, Napi::Object exports) {
  Napi::Float64Array frame = Napi::Float64Array::New(env, frame_slots);
  // The functions hold the bare address of the frame's memory: the reference
  // keeps it for as long as the environment lives.
  auto* kept = new Napi::Reference<Napi::Float64Array>(Napi::Persistent(frame));
  env.AddCleanupHook([](Napi::Reference<Napi::Float64Array>* ended) { delete ended; }, kept);
  exports.Set("frame", frame);
  exports.Set("unsafe", door(env, frame.Data(), &Method::unsafe));
  exports.Set("checked", door(env, frame.Data(), &Method::safe));

  Napi::Array backends = Napi::Array::New(env);
  for (uint32_t index = 0; index < built_in_backends; index++) {
    const Backend* backend = find_backend(static_cast<BackendId>(index));
    if (backend == nullptr) {
      backends.Set(index, env.Null());
    } else {
      backends.Set(index, backend->abi.name);
    }
  }
  exports.Set("backends", backends);
  add<live>(env, exports, "live");
  add<abi_table>(env, exports, "abiTable");
}

}  // namespace allomorph::binding
