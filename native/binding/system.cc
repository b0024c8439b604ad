// What the C library says of its own heap.

#include "binding/binding.h"
#include "platform/platform.h"

namespace allomorph::binding {
namespace {

Napi::Value stats(const Napi::CallbackInfo& info) {
  const auto heap = platform::heap_stats();
  if (!heap) return info.Env().Null();
  Napi::Env env = info.Env();
  Napi::Object result = Napi::Object::New(env);
  result.Set("arena", number(env, heap->arena_bytes));
  result.Set("mapped", number(env, heap->mapped_bytes));
  result.Set("mappedBlocks", number(env, heap->mapped_blocks));
  result.Set("allocated", number(env, heap->allocated_bytes));
  result.Set("free", number(env, heap->free_bytes));
  result.Set("releasable", number(env, heap->releasable_bytes));
  return result;
}

Napi::Value trim(const Napi::CallbackInfo& info) {
  const auto released = platform::heap_trim();
  if (!released) return info.Env().Null();
  return Napi::Boolean::New(info.Env(), *released);
}

}  // namespace

void register_system(Napi::Env env, Napi::Object exports) {
  Napi::Object system = Napi::Object::New(env);
  add<stats>(env, system, "stats");
  add<trim>(env, system, "trim");
  exports.Set("system", system);
}

}  // namespace allomorph::binding
