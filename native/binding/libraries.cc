// Loading allocators from shared libraries.

#include "allocators/shared_library.h"
#include "binding/binding.h"

namespace allomorph::binding {
namespace {

const char* name_of(LibraryStatus status) {
  switch (status) {
    case LibraryStatus::ok:
      return "ok";
    case LibraryStatus::not_loadable:
      return "not-loadable";
    case LibraryStatus::missing_symbol:
      return "missing-symbol";
    case LibraryStatus::no_place:
      break;
  }
  return "no-place";
}

// load(path, name, prefix, isMalloc, identity)
Napi::Value load(const Napi::CallbackInfo& info) {
  const Library library = load_library_backend(
      {info[0].As<Napi::String>(), info[1].As<Napi::String>(), info[2].As<Napi::String>(),
       info[3].As<Napi::Boolean>(), info[4].As<Napi::String>()});
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("status", name_of(library.status));
  result.Set("detail", library.detail);
  result.Set("id", library.backend == nullptr ? -1.0 : id_of(*library.backend));
  return result;
}

// known(path, prefix)
Napi::Value known(const Napi::CallbackInfo& info) {
  const KnownLibrary library =
      known_library(info[0].As<Napi::String>(), info[1].As<Napi::String>());
  if (library.backend == nullptr) return info.Env().Null();
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("id", id_of(*library.backend));
  result.Set("identity", library.identity);
  return result;
}

}  // namespace

void register_libraries(Napi::Env env, Napi::Object exports) {
  Napi::Object functions = Napi::Object::New(env);
  add<load>(env, functions, "load");
  add<known>(env, functions, "known");
  exports.Set("libraries", functions);
}

}  // namespace allomorph::binding
