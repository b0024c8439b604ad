#include "core/backend.h"

namespace allomorph {
namespace {

// Constant-initialised: registration runs during static initialisation of other
// files, whose order is not fixed.
constinit const Backend* backends[backend_count] = {};

}  // namespace

void register_backend(const Backend& backend) {
  backends[static_cast<size_t>(backend.id)] = &backend;
}

const Backend* find_backend(BackendId id) {
  const auto index = static_cast<size_t>(id);
  return index < backend_count ? backends[index] : nullptr;
}

const Backend* find_backend(std::string_view name) {
  for (const Backend* backend : backends) {
    if (backend != nullptr && backend->name() == name) return backend;
  }
  return nullptr;
}

}  // namespace allomorph
