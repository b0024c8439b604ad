// What the files of this folder share: one register function per TypeScript
// facade, and the conversions at the seam. Values arrive validated and with
// defaults applied (lib/); here only their types are checked again.
//
// Arguments are read with As<…>(), never converted with To…(): a conversion may run JavaScript,
// which fails in a worker that is being terminated, and what node-addon-api does with the empty
// value it then has ends the process.
#ifndef ALLOMORPH_BINDING_BINDING_H
#define ALLOMORPH_BINDING_BINDING_H

#include <napi.h>

#include "core/backend.h"

namespace allomorph::binding {

// Each adds its functions to the object that lib/native/addon.ts describes.
void register_backends(Napi::Env env, Napi::Object exports);
void register_opened(Napi::Env env, Napi::Object exports);
void register_compose(Napi::Env env, Napi::Object exports);
void register_checked(Napi::Env env, Napi::Object exports);
void register_libraries(Napi::Env env, Napi::Object exports);
void register_conformance(Napi::Env env, Napi::Object exports);
void register_blocks(Napi::Env env, Napi::Object exports);
void register_global(Napi::Env env, Napi::Object exports);
void register_copies(Napi::Env env, Napi::Object exports);
void register_system(Napi::Env env, Napi::Object exports);
void register_jemalloc(Napi::Env env, Napi::Object exports);
void register_magazines(Napi::Env env, Napi::Object exports);
void register_memory(Napi::Env env, Napi::Object exports);
void register_process(Napi::Env env, Napi::Object exports);

template <auto function>
void add(Napi::Env env, Napi::Object target, const char* name) {
  target.Set(name, Napi::Function::New<function>(env, name));
}

inline Napi::Number number(Napi::Env env, size_t value) {
  return Napi::Number::New(env, static_cast<double>(value));
}

// The id by which JavaScript names a backend.
inline double id_of(const Backend& backend) {
  return static_cast<double>(static_cast<uint8_t>(backend.id));
}

// 0 when the argument is no number.
inline size_t size_argument(const Napi::CallbackInfo& info, size_t index) {
  return info[index].IsNumber() ? static_cast<size_t>(info[index].As<Napi::Number>().Int64Value())
                                : 0;
}

inline uint8_t* pointer_argument(const Napi::CallbackInfo& info, size_t index) {
  return reinterpret_cast<uint8_t*>(size_argument(info, index));
}

// The backend whose id is the given argument; pending TypeError and null when
// it is none.
const Backend* backend_argument(const Napi::CallbackInfo& info, size_t index);

}  // namespace allomorph::binding

#endif
