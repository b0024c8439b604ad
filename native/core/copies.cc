#include "core/copies.h"

#include "core/registry.h"
#include "platform/platform.h"

#ifndef ALLOMORPH_PACKAGE_VERSION
#error "the build must define ALLOMORPH_PACKAGE_VERSION"
#endif

namespace allomorph {
namespace {

constexpr std::string_view file_name = "allomorph.node";

const char* own_path() {
  static const auto* path =
      new std::string(platform::library_of(reinterpret_cast<const void*>(&allomorph_copy)));
  return path->c_str();
}

bool is_copy(const std::string& path) {
  // By name first: asking every loaded library for a symbol would be slow.
  return path.size() >= file_name.size() &&
         path.compare(path.size() - file_name.size(), file_name.size(), file_name) == 0 &&
         platform::library_symbol(path, "allomorph_copy") != nullptr;
}

}  // namespace

LeadingCopy leading_copy() {
  for (const std::string& path : platform::loaded_libraries()) {
    if (!is_copy(path)) continue;
    const auto copy = reinterpret_cast<decltype(&allomorph_copy)>(
        platform::library_symbol(path, "allomorph_copy"));
    const allomorph_copy_info* info = copy();
    return {path, info->package_version, info == allomorph_copy()};
  }
  return {own_path(), ALLOMORPH_PACKAGE_VERSION, true};
}

const allomorph_abi* leading_global_abi() {
  const LeadingCopy leader = leading_copy();
  if (leader.is_this_one) return &freeze_global().abi;
  const auto global_abi = reinterpret_cast<decltype(&allomorph_global_abi)>(
      platform::library_symbol(leader.path, "allomorph_global_abi"));
  return global_abi();
}

}  // namespace allomorph

extern "C" const allomorph_copy_info* allomorph_copy(void) {
  static const allomorph_copy_info info{ALLOMORPH_ABI_VERSION, ALLOMORPH_PACKAGE_VERSION,
                                        allomorph::own_path()};
  return &info;
}
