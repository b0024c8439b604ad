// What the conformance suite does natively: memory written and compared, and threads.

#include "binding/binding.h"
#include "core/contention.h"
#include "core/pattern.h"

namespace allomorph::binding {
namespace {

// fill(address, length, seed)
Napi::Value fill(const Napi::CallbackInfo& info) {
  fill_pattern(pointer_argument(info, 0), size_argument(info, 1), size_argument(info, 2));
  return info.Env().Undefined();
}

// patternEnds(address, length, seed)
Napi::Value ends(const Napi::CallbackInfo& info) {
  return number(info.Env(), pattern_ends(pointer_argument(info, 0), size_argument(info, 1),
                                         size_argument(info, 2)));
}

const char* name_of(ContentionFault fault) {
  switch (fault) {
    case ContentionFault::none:
      return "none";
    case ContentionFault::exhausted:
      return "exhausted";
    case ContentionFault::no_memory:
      return "no-memory";
    case ContentionFault::misaligned:
      return "misaligned";
    case ContentionFault::overwritten:
      break;
  }
  return "overwritten";
}

// contend(backend, threads, rounds, seed)
Napi::Value contended(const Napi::CallbackInfo& info) {
  const Backend* backend = backend_argument(info, 0);
  if (backend == nullptr) return {};
  Napi::Env env = info.Env();
  const Contention found =
      contend(backend->abi, size_argument(info, 1), size_argument(info, 2), size_argument(info, 3));
  Napi::Object result = Napi::Object::New(env);
  result.Set("fault", name_of(found.fault));
  result.Set("address", number(env, found.address));
  result.Set("size", number(env, found.size));
  result.Set("align", number(env, found.align));
  result.Set("offset", number(env, found.offset));
  result.Set("calls", number(env, found.calls));
  return result;
}

}  // namespace

void register_conformance(Napi::Env env, Napi::Object exports) {
  Napi::Object functions = Napi::Object::New(env);
  add<fill>(env, functions, "fill");
  add<ends>(env, functions, "patternEnds");
  add<contended>(env, functions, "contend");
  exports.Set("conformance", functions);
}

}  // namespace allomorph::binding
