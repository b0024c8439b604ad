// Blocks of the process heap. HeapAlloc aligns every block to min_align; larger
// alignments take a block with room in front and keep the heap's own address
// in a header right before the one handed out, as alloc_system did.

#define NOMINMAX
#include <windows.h>

#include <psapi.h>

#include <cerrno>
#include <cstring>

#include "platform/platform.h"

namespace allomorph::platform {
namespace {

struct Header {
  void* base;
};

// Which of the two shapes a block has must follow from `align` alone: it is
// the only thing that deallocate is told truly in every case.
bool has_header(size_t align) {
  return align > min_align;
}

Header* header_of(uint8_t* ptr) {
  return reinterpret_cast<Header*>(ptr) - 1;
}

}  // namespace

uint8_t* heap_allocate(size_t size, size_t align) {
  if (!has_header(align)) return static_cast<uint8_t*>(HeapAlloc(GetProcessHeap(), 0, size));
  const size_t extra = align + sizeof(Header);
  if (size > SIZE_MAX - extra) return nullptr;
  void* base = HeapAlloc(GetProcessHeap(), 0, size + extra);
  if (base == nullptr) return nullptr;
  const uintptr_t first = reinterpret_cast<uintptr_t>(base) + sizeof(Header);
  auto* ptr = reinterpret_cast<uint8_t*>((first + align - 1) & ~static_cast<uintptr_t>(align - 1));
  header_of(ptr)->base = base;
  return ptr;
}

void heap_deallocate(uint8_t* ptr, size_t align) {
  HeapFree(GetProcessHeap(), 0, has_header(align) ? header_of(ptr)->base : ptr);
}

uint8_t* heap_reallocate(uint8_t* ptr, size_t old_size, size_t size, size_t align) {
  if (!has_header(align)) {
    return static_cast<uint8_t*>(HeapReAlloc(GetProcessHeap(), 0, ptr, size));
  }
  // Allocate and copy: reallocating through the hidden base shifts the content
  // relative to the new address (rust-lang/rust issue 42025).
  uint8_t* moved = heap_allocate(size, align);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, ptr, old_size < size ? old_size : size);
  heap_deallocate(ptr, align);
  return moved;
}

size_t heap_reallocate_inplace(uint8_t* ptr, size_t old_size, size_t size, size_t align) {
  if (has_header(align)) return old_size;
  void* same = HeapReAlloc(GetProcessHeap(), HEAP_REALLOC_IN_PLACE_ONLY, ptr, size);
  return same == nullptr ? old_size : size;
}

std::optional<HeapStats> heap_stats() {
  return std::nullopt;
}

std::optional<bool> heap_trim() {
  return HeapCompact(GetProcessHeap(), 0) > 0;
}

std::string library_of(const void* address) {
  HMODULE module = nullptr;
  const DWORD flags =
      GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT;
  if (!GetModuleHandleExA(flags, static_cast<LPCSTR>(address), &module)) return {};
  char path[MAX_PATH];
  const DWORD length = GetModuleFileNameA(module, path, MAX_PATH);
  return std::string(path, length);
}

std::string library_defining(const char* symbol) {
  return library_of(process_symbol(symbol));
}

void* process_symbol(const char* name) {
  return reinterpret_cast<void*>(GetProcAddress(GetModuleHandleA(nullptr), name));
}

std::vector<std::string> loaded_libraries() {
  HMODULE modules[1024];
  DWORD bytes = 0;
  std::vector<std::string> paths;
  if (!EnumProcessModules(GetCurrentProcess(), modules, sizeof modules, &bytes)) return paths;
  const size_t count = bytes / sizeof(HMODULE) < 1024 ? bytes / sizeof(HMODULE) : 1024;
  for (size_t index = 0; index < count; index++) {
    char path[MAX_PATH];
    const DWORD length = GetModuleFileNameA(modules[index], path, MAX_PATH);
    if (length > 0) paths.emplace_back(path, length);
  }
  return paths;
}

void* library_symbol(const std::string& path, const char* name) {
  HMODULE module = GetModuleHandleA(path.c_str());
  return module == nullptr ? nullptr : reinterpret_cast<void*>(GetProcAddress(module, name));
}

LibcInfo libc() {
  return {"ucrt", {}};
}

int replace_process(const Replacement& /*replacement*/) {
  return ENOSYS;
}

// Only what runs whole processes needs one.
std::optional<std::pair<int, int>> open_pipe() {
  return std::nullopt;
}

size_t page_size() {
  SYSTEM_INFO info;
  GetSystemInfo(&info);
  return info.dwPageSize;
}

std::optional<std::string> file_attribute(const std::string& /*path*/, const char* /*name*/) {
  return std::nullopt;
}

}  // namespace allomorph::platform
