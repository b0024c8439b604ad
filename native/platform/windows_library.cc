#define NOMINMAX
#include <windows.h>

#include "platform/platform.h"

namespace allomorph::platform {

LoadedLibrary load_library(const std::string& path) {
  HMODULE module = LoadLibraryExA(
      path.c_str(), nullptr, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_DEFAULT_DIRS);
  if (module == nullptr) return {nullptr, "error " + std::to_string(GetLastError())};
  HMODULE pinned;
  GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                     reinterpret_cast<LPCSTR>(module), &pinned);
  return {module, {}};
}

void* own_symbol(void* library, const std::string& /*path*/, const char* name) {
  // Only exports of this very module are searched.
  return reinterpret_cast<void*>(GetProcAddress(static_cast<HMODULE>(library), name));
}

}  // namespace allomorph::platform
