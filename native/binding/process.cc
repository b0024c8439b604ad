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
  const std::string name = info[0].ToString();
  const std::string path = platform::library_defining(name.c_str());
  return path.empty() ? info.Env().Null() : Napi::String::New(info.Env(), path).As<Napi::Value>();
}

// Calls `int name(void)` in the process: how mimalloc reports its version.
// Only names from a fixed list in lib/process reach this.
Napi::Value call_version(const Napi::CallbackInfo& info) {
  const std::string name = info[0].ToString();
  auto* function = reinterpret_cast<int (*)()>(platform::process_symbol(name.c_str()));
  if (function == nullptr) return info.Env().Null();
  return Napi::Number::New(info.Env(), function());
}

std::vector<std::string> strings(const Napi::Array& array) {
  std::vector<std::string> result;
  for (uint32_t index = 0; index < array.Length(); index++) {
    result.push_back(array.Get(index).ToString());
  }
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (std::string& string : strings) result.push_back(string.data());
  result.push_back(nullptr);
  return result;
}

// replaceProcess(file, argv, envp): errno; does not return when it works.
Napi::Value replace(const Napi::CallbackInfo& info) {
  const std::string file = info[0].ToString();
  std::vector<std::string> argv = strings(info[1].As<Napi::Array>());
  std::vector<std::string> envp = strings(info[2].As<Napi::Array>());
  const int failure =
      platform::replace_process(file.c_str(), pointers(argv).data(), pointers(envp).data());
  return Napi::Number::New(info.Env(), failure);
}

}  // namespace

void register_process(Napi::Env env, Napi::Object exports) {
  add<libc_info>(env, exports, "libc");
  add<library_of_symbol>(env, exports, "libraryOfSymbol");
  add<call_version>(env, exports, "callVersion");
  add<replace>(env, exports, "replaceProcess");
}

}  // namespace allomorph::binding
