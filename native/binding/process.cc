// The process as a whole: whose malloc it runs on, and replacing its image.

#include <string>
#include <vector>

#include "binding/binding.h"
#include "platform/platform.h"

namespace allomorph::binding {
namespace {

Napi::Value libc_info(const Napi::CallbackInfo& info) {
  const platform::LibcInfo libc = platform::libc();
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("name", libc.name);
  result.Set("version", libc.version);
  return result;
}

// Where a function that the whole process sees comes from; null when absent.
Napi::Value library_of_symbol(const Napi::CallbackInfo& info) {
  const std::string name = info[0].As<Napi::String>();
  const std::string path = platform::library_defining(name.c_str());
  return path.empty() ? info.Env().Null() : Napi::String::New(info.Env(), path).As<Napi::Value>();
}

// Calls `int name(void)` in the process: how mimalloc reports its version.
// Only names from a fixed list in lib/process reach this.
Napi::Value call_version(const Napi::CallbackInfo& info) {
  const std::string name = info[0].As<Napi::String>();
  auto* function = reinterpret_cast<int (*)()>(platform::process_symbol(name.c_str()));
  if (function == nullptr) return info.Env().Null();
  return Napi::Number::New(info.Env(), function());
}

// [[name, text, separator, place], ...]
std::vector<platform::Change> changes(const Napi::Array& array) {
  std::vector<platform::Change> result;
  for (uint32_t index = 0; index < array.Length(); index++) {
    const Napi::Array entry = array.Get(index).As<Napi::Array>();
    const auto place = entry.Get(3u).As<Napi::Number>().Uint32Value();
    result.push_back({entry.Get(0u).As<Napi::String>(), entry.Get(1u).As<Napi::String>(),
                      entry.Get(2u).As<Napi::String>(),
                      static_cast<platform::Change::Place>(place)});
  }
  return result;
}

std::vector<std::string> strings(const Napi::Array& array) {
  std::vector<std::string> result;
  for (uint32_t index = 0; index < array.Length(); index++) {
    result.push_back(array.Get(index).As<Napi::String>());
  }
  return result;
}

// replaceProcess(file, arguments, sameProgram, commandLineLength, changes):
// errno; does not return when it works.
Napi::Value replace(const Napi::CallbackInfo& info) {
  const int failure = platform::replace_process(
      {info[0].As<Napi::String>(), strings(info[1].As<Napi::Array>()), info[2].As<Napi::Boolean>(),
       size_argument(info, 3), changes(info[4].As<Napi::Array>())});
  return Napi::Number::New(info.Env(), failure);
}

Napi::Value has_file_attribute(const Napi::CallbackInfo& info) {
  const std::string path = info[0].As<Napi::String>(), name = info[1].As<Napi::String>();
  return Napi::Boolean::New(info.Env(), platform::file_attribute(path, name.c_str()).has_value());
}

// [read, write], or null.
Napi::Value open_pipe(const Napi::CallbackInfo& info) {
  const auto ends = platform::open_pipe();
  if (!ends) return info.Env().Null();
  Napi::Array result = Napi::Array::New(info.Env(), 2);
  result.Set(0u, ends->first);
  result.Set(1u, ends->second);
  return result;
}

// Calls `const char *name(int *, int *, const char **)`: how tcmalloc reports its version.
Napi::Value call_version_string(const Napi::CallbackInfo& info) {
  const std::string name = info[0].As<Napi::String>();
  auto* function = reinterpret_cast<const char* (*)(int*, int*, const char**)>(
      platform::process_symbol(name.c_str()));
  int major = 0, minor = 0;
  const char* patch = "";
  const char* version = function == nullptr ? nullptr : function(&major, &minor, &patch);
  if (version == nullptr) return info.Env().Null();
  return Napi::String::New(info.Env(), version);
}

}  // namespace

void register_process(Napi::Env env, Napi::Object exports) {
  add<libc_info>(env, exports, "libc");
  add<library_of_symbol>(env, exports, "libraryOfSymbol");
  add<call_version>(env, exports, "callVersion");
  add<call_version_string>(env, exports, "callVersionString");
  add<replace>(env, exports, "replaceProcess");
  exports.Set("pageSize", number(env, platform::page_size()));
  add<open_pipe>(env, exports, "openPipe");
  add<has_file_attribute>(env, exports, "hasFileAttribute");
}

}  // namespace allomorph::binding
