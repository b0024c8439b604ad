#include <dlfcn.h>

#include <climits>
#include <cstdlib>

#include "platform/platform.h"

namespace allomorph::platform {
namespace {

std::string canonical(const char* path) {
  char resolved[PATH_MAX];
  return realpath(path, resolved) == nullptr ? std::string(path) : std::string(resolved);
}

}  // namespace

LoadedLibrary load_library(const std::string& path) {
  // RTLD_NODELETE: blocks, and threads that the library started, outlive whoever loaded it.
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (handle != nullptr) return {handle, {}};
  const char* error = dlerror();
  return {nullptr, error == nullptr ? "the dynamic linker gave no reason" : error};
}

void* own_symbol(void* library, const std::string& path, const char* name) {
  void* address = dlsym(library, name);
  Dl_info info;
  if (address == nullptr || dladdr(address, &info) == 0 || info.dli_fname == nullptr) {
    return nullptr;
  }
  // It also searches what the library depends on, the C library and its malloc above all.
  return canonical(info.dli_fname) == canonical(path.c_str()) ? address : nullptr;
}

}  // namespace allomorph::platform
