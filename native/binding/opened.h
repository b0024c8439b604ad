// Backends that are opened at run time, as JavaScript holds them.
#ifndef ALLOMORPH_BINDING_OPENED_H
#define ALLOMORPH_BINDING_OPENED_H

#include <initializer_list>
#include <string>

#include "binding/binding.h"
#include "core/open_backends.h"

namespace allomorph::binding {

// What stands behind a chain: a backend, or the global one, whichever that is.
struct Behind {
  const Backend* backend;          // null for the global one
  allomorph_allocator* allocator;  // null: memory is exhausted
};

// From an argument: a backend id, or -1 for the global one. False with a pending TypeError.
bool behind_argument(const Napi::CallbackInfo& info, size_t index, Behind* result);

// The allocator of the opened backend whose id is the first argument: TypeScript passes only ids
// that it holds open. Null: there is none, or a pending TypeError.
allomorph_allocator* opened_argument(const Napi::CallbackInfo& info);

// Opens a backend over `first` and what stands behind it, and gives JavaScript { id, handle }:
// collecting the handle, or closing it, gives the backend up. Null, and everything destroyed:
// memory is exhausted (`first` is null then, or a link is), or all places are taken.
Napi::Value open(Napi::Env env, allomorph_allocator* first, std::initializer_list<Behind> behind,
                 const std::string& name);

}  // namespace allomorph::binding

#endif
