// Version, statistics and purging of the backend's jemalloc.

#include "allocators/jemalloc_api.h"
#include "allocators/jemalloc_ctl.h"
#include "binding/binding.h"

namespace allomorph::binding {
namespace {

Napi::Value stats(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto now = jemalloc_stats(*jemalloc_api());
  if (!now) return env.Null();
  Napi::Object result = Napi::Object::New(env);
  result.Set("allocated", number(env, now->allocated));
  result.Set("active", number(env, now->active));
  result.Set("metadata", number(env, now->metadata));
  result.Set("resident", number(env, now->resident));
  result.Set("mapped", number(env, now->mapped));
  result.Set("retained", number(env, now->retained));
  return result;
}

Napi::Value purge(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), jemalloc_purge(*jemalloc_api()));
}

// The options that presets set, as jemalloc itself reports them.
Napi::Value options(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const JemallocApi& api = *jemalloc_api();
  Napi::Object result = Napi::Object::New(env);
  for (const char* key : {"opt.dirty_decay_ms", "opt.muzzy_decay_ms"}) {
    if (const auto value = jemalloc_ssize(api, key)) {
      result.Set(key + 4, static_cast<double>(*value));
    }
  }
  for (const char* key : {"opt.thp", "opt.metadata_thp", "opt.percpu_arena"}) {
    if (const auto value = jemalloc_string(api, key)) result.Set(key + 4, *value);
  }
  // Not "opt.": the thread can be started and stopped at run time.
  if (const auto value = jemalloc_bool(api, "background_thread")) {
    result.Set("background_thread", *value);
  }
  return result;
}

}  // namespace

void register_jemalloc(Napi::Env env, Napi::Object exports) {
  const JemallocApi* api = jemalloc_api();
  if (api == nullptr) {
    exports.Set("jemalloc", env.Null());
    return;
  }
  Napi::Object jemalloc = Napi::Object::New(env);
  jemalloc.Set("version", jemalloc_version(*api));
  jemalloc.Set("isProcessMalloc", api->is_process_malloc);
  add<stats>(env, jemalloc, "stats");
  add<purge>(env, jemalloc, "purge");
  add<options>(env, jemalloc, "options");
  exports.Set("jemalloc", jemalloc);
}

}  // namespace allomorph::binding
