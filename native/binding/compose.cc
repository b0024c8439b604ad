// The building blocks of compose/ as lib/native/addon.ts describes them. Each function opens a
// backend over one or two others.

#include "binding/opened.h"
#include "compose/limited.h"

namespace allomorph::binding {
namespace {

size_t size_argument(const Napi::CallbackInfo& info, size_t index) {
  return static_cast<size_t>(info[index].ToNumber().Int64Value());
}

// The allocator of an opened backend whose id is the first argument.
allomorph_allocator* self_argument(const Napi::CallbackInfo& info) {
  const Backend* backend = backend_argument(info, 0);
  return backend == nullptr ? nullptr : opened_allocator(backend->id);
}

// limited(name, behind, limit)
Napi::Value limited(const Napi::CallbackInfo& info) {
  Behind behind;
  if (!behind_argument(info, 1, &behind)) return {};
  allomorph_allocator* first = behind.allocator == nullptr
                                   ? nullptr
                                   : allomorph_limited(behind.allocator, size_argument(info, 2));
  return open(info.Env(), first, {behind}, info[0].ToString());
}

Napi::Value limited_used(const Napi::CallbackInfo& info) {
  const allomorph_allocator* self = self_argument(info);
  return number(info.Env(), self == nullptr ? 0 : allomorph_limited_used(self));
}

}  // namespace

void register_compose(Napi::Env env, Napi::Object exports) {
  Napi::Object functions = Napi::Object::New(env);
  add<limited>(env, functions, "limited");
  add<limited_used>(env, functions, "limitedUsed");
  exports.Set("compose", functions);
}

}  // namespace allomorph::binding
