#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "platform/linux_symbols.h"
#include "platform/platform.h"

namespace allomorph::platform {
namespace {

// struct mallinfo2 of glibc 2.33. Declared here and looked up at run time, so
// that one binary runs on older glibc and on musl, which lack the call.
struct Mallinfo2 {
  size_t arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost;
};

template <class Function>
Function* symbol(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

int collect_path(dl_phdr_info* info, size_t /*size*/, void* paths) {
  if (info->dlpi_name != nullptr && info->dlpi_name[0] != '\0') {
    static_cast<std::vector<std::string>*>(paths)->emplace_back(info->dlpi_name);
  }
  return 0;
}

std::string executable_path() {
  char path[4096];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  return length > 0 ? std::string(path, static_cast<size_t>(length)) : std::string();
}

}  // namespace

std::optional<HeapStats> heap_stats() {
  auto* mallinfo2 = symbol<Mallinfo2()>("mallinfo2");
  if (mallinfo2 == nullptr) return std::nullopt;
  const Mallinfo2 info = mallinfo2();
  return HeapStats{info.arena,    info.hblkhd,   info.hblks,
                   info.uordblks, info.fordblks, info.keepcost};
}

std::optional<bool> heap_trim() {
  auto* malloc_trim = symbol<int(size_t)>("malloc_trim");
  if (malloc_trim == nullptr) return std::nullopt;
  return malloc_trim(0) == 1;
}

std::string library_of(const void* address) {
  Dl_info info;
  if (address == nullptr || dladdr(address, &info) == 0 || info.dli_fname == nullptr) return {};
  // The executable is named as it was started ("node"): not a path one can open.
  if (info.dli_fname[0] != '/') return executable_path();
  return info.dli_fname;
}

std::string library_defining(const char* symbol) {
  char path[4096];
  return allomorph_defining_library(symbol, path, sizeof path) == 0 ? path : std::string();
}

void* process_symbol(const char* name) {
  return dlsym(RTLD_DEFAULT, name);
}

std::vector<std::string> loaded_libraries() {
  std::vector<std::string> paths;
  dl_iterate_phdr(collect_path, &paths);
  return paths;
}

void* library_symbol(const std::string& path, const char* name) {
  void* library = dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (library == nullptr) return nullptr;
  void* found = dlsym(library, name);
  dlclose(library);  // undoes the reference RTLD_NOLOAD added, never unloads
  return found;
}

LibcInfo libc() {
  auto* glibc_version = symbol<const char*()>("gnu_get_libc_version");
  if (glibc_version != nullptr) return {"glibc", glibc_version()};
  return {"musl", {}};
}

std::optional<std::pair<int, int>> open_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
  return std::pair(ends[0], ends[1]);
}

size_t page_size() {
  return static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

std::optional<std::string> file_attribute(const std::string& path, const char* name) {
  char value[256];
  const ssize_t length = getxattr(path.c_str(), name, value, sizeof value);
  if (length < 0) return std::nullopt;
  return std::string(value, static_cast<size_t>(length));
}

}  // namespace allomorph::platform
