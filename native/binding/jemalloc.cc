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

// Options in effect, by what "opt.*" of jemalloc(3) holds. Details of hpa, of profiles and of
// printed statistics are left out; an older release lacks some of these.
constexpr const char* bool_options[] = {"opt.abort",  "opt.abort_conf", "opt.hpa", "opt.prof",
                                        "opt.retain", "opt.tcache",     "opt.zero"};
constexpr const char* unsigned_options[] = {"opt.narenas", "opt.tcache_nslots_large",
                                            "opt.tcache_nslots_small_max",
                                            "opt.tcache_nslots_small_min"};
constexpr const char* size_options[] = {
    "opt.dirty_decay_ms",           "opt.muzzy_decay_ms", "opt.max_background_threads",
    "opt.oversize_threshold",       "opt.tcache_max",     "opt.lg_tcache_nslots_mul",
    "opt.lg_extent_max_active_fit", "opt.mutex_max_spin"};
constexpr const char* string_options[] = {"opt.thp", "opt.metadata_thp", "opt.percpu_arena",
                                          "opt.dss", "opt.junk",         "opt.zero_realloc"};

constexpr size_t prefix = sizeof "opt." - 1;

Napi::Value options(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const JemallocApi& api = *jemalloc_api();
  Napi::Object result = Napi::Object::New(env);
  // What is tuned most comes first. Not "opt.": the thread can be started and stopped at run time.
  if (const auto value = jemalloc_bool(api, "background_thread")) {
    result.Set("background_thread", *value);
  }
  for (const char* key : size_options) {
    if (const auto value = jemalloc_ssize(api, key)) {
      result.Set(key + prefix, static_cast<double>(*value));
    }
  }
  for (const char* key : unsigned_options) {
    if (const auto value = jemalloc_unsigned(api, key)) result.Set(key + prefix, *value);
  }
  for (const char* key : string_options) {
    if (const auto value = jemalloc_string(api, key)) result.Set(key + prefix, *value);
  }
  for (const char* key : bool_options) {
    if (const auto value = jemalloc_bool(api, key)) result.Set(key + prefix, *value);
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
