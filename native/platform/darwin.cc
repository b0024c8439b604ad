#include <dlfcn.h>
#include <mach-o/dyld.h>
#include <unistd.h>

#include <cerrno>

#include "platform/platform.h"

namespace allomorph::platform {

// malloc_zone_statistics exists, but its fields are not those of HeapStats; an
// honest "not here" is better than a wrong mapping.
std::optional<HeapStats> heap_stats() {
  return std::nullopt;
}

std::optional<bool> heap_trim() {
  auto* relief = reinterpret_cast<size_t (*)(void*, size_t)>(
      dlsym(RTLD_DEFAULT, "malloc_zone_pressure_relief"));
  if (relief == nullptr) return std::nullopt;
  return relief(nullptr, 0) > 0;
}

std::string library_of(const void* address) {
  Dl_info info;
  if (address == nullptr || dladdr(address, &info) == 0 || info.dli_fname == nullptr) return {};
  return info.dli_fname;
}

std::string library_defining(const char* symbol) {
  return library_of(process_symbol(symbol));
}

void* process_symbol(const char* name) {
  return dlsym(RTLD_DEFAULT, name);
}

std::vector<std::string> loaded_libraries() {
  std::vector<std::string> paths;
  const uint32_t count = _dyld_image_count();
  for (uint32_t index = 0; index < count; index++) {
    const char* name = _dyld_get_image_name(index);
    if (name != nullptr) paths.emplace_back(name);
  }
  return paths;
}

void* library_symbol(const std::string& path, const char* name) {
  void* library = dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (library == nullptr) return nullptr;
  void* found = dlsym(library, name);
  dlclose(library);
  return found;
}

LibcInfo libc() {
  return {"libSystem", {}};
}

// SIP strips DYLD_* from most programs, so a whole-process switch by exec is
// refused before it comes here.
int replace_process(const Replacement& /*replacement*/) {
  return ENOSYS;
}

// Only what runs whole processes needs one.
std::optional<std::pair<int, int>> open_pipe() {
  return std::nullopt;
}

size_t page_size() {
  return static_cast<size_t>(getpagesize());
}

std::optional<std::string> file_attribute(const std::string& /*path*/, const char* /*name*/) {
  return std::nullopt;
}

}  // namespace allomorph::platform
