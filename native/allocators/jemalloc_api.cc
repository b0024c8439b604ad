#include "allocators/jemalloc_api.h"

#include <optional>

#include "platform/platform.h"

#ifdef ALLOMORPH_WITH_JEMALLOC
#include <jemalloc/jemalloc.h>
#endif

namespace allomorph {
namespace {

template <class Function>
bool resolve(Function*& target, const char* name) {
  target = reinterpret_cast<Function*>(platform::process_symbol(name));
  return target != nullptr;
}

std::optional<JemallocApi> process_jemalloc() {
  JemallocApi api{};
  const bool complete = resolve(api.mallocx, "mallocx") && resolve(api.rallocx, "rallocx") &&
                        resolve(api.xallocx, "xallocx") && resolve(api.sdallocx, "sdallocx") &&
                        resolve(api.nallocx, "nallocx") && resolve(api.mallctl, "mallctl");
  if (!complete) return std::nullopt;
  // A jemalloc that is merely loaded, while malloc comes from elsewhere, is not
  // the process's.
  const std::string malloc_library = platform::library_defining("malloc");
  if (malloc_library.empty() || malloc_library != platform::library_defining("mallctl")) {
    return std::nullopt;
  }
  api.is_process_malloc = true;
  return api;
}

std::optional<JemallocApi> vendored_jemalloc() {
#ifdef ALLOMORPH_WITH_JEMALLOC
  return JemallocApi{
      .mallocx = allomorph_je_mallocx,
      .rallocx = allomorph_je_rallocx,
      .xallocx = allomorph_je_xallocx,
      .sdallocx = allomorph_je_sdallocx,
      .nallocx = allomorph_je_nallocx,
      .mallctl = allomorph_je_mallctl,
      .is_process_malloc = false,
  };
#else
  return std::nullopt;
#endif
}

}  // namespace

const JemallocApi* jemalloc_api() {
  static const std::optional<JemallocApi> api = [] {
    const auto own = process_jemalloc();
    return own ? own : vendored_jemalloc();
  }();
  return api ? &*api : nullptr;
}

}  // namespace allomorph
