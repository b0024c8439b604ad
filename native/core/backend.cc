#include "core/backend.h"

#include <atomic>

namespace allomorph {
namespace {

// Constant-initialised: registration runs during static initialisation of other
// files, whose order is not fixed. Atomic: others are opened while threads look.
constinit std::atomic<const Backend*> backends[max_backends] = {};

}  // namespace

void register_backend(const Backend& backend) {
  backends[static_cast<size_t>(backend.id)].store(&backend, std::memory_order_release);
}

const Backend* find_backend(BackendId id) {
  const auto index = static_cast<size_t>(id);
  return index < max_backends ? backends[index].load(std::memory_order_acquire) : nullptr;
}

const Backend* find_backend(std::string_view name) {
  // Names of opened ones are not unique.
  for (size_t index = 0; index < built_in_backends; index++) {
    const Backend* backend = find_backend(static_cast<BackendId>(index));
    if (backend != nullptr && backend->name() == name) return backend;
  }
  return nullptr;
}

}  // namespace allomorph
