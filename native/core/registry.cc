#include "core/registry.h"

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "core/open_backends.h"
#include "core/spinlock.h"

namespace allomorph {
namespace {

// Not a std::mutex: some C++ libraries destroy one at process exit, when threads
// may still ask.
constinit Spinlock lock;

struct Choices {
  const Backend* program = nullptr;
  std::string program_origin;
  bool frozen = false;
  bool override_announced = false;
};

// Never destroyed: threads may still ask while the process exits.
Choices& choices() {
  static auto* instance = new Choices;
  return *instance;
}

constinit LibraryLoader library_loader = nullptr;

EnvironmentChoice read_environment() {
  const std::string value = environment_value();
  if (value.empty()) return {};
  if (value[0] != '/' || library_loader == nullptr) return {value, find_backend(value), {}};
  LibraryBackend loaded = library_loader(value);
  return {value, loaded.backend, std::move(loaded.error)};
}

GlobalState state_locked() {
  if (const Backend* operator_choice = environment_choice().backend) {
    return {operator_choice, ChoiceSource::environment, choices().frozen};
  }
  if (choices().program != nullptr) {
    return {choices().program, ChoiceSource::program, choices().frozen};
  }
  return {find_backend(BackendId::system), ChoiceSource::none, choices().frozen};
}

ChoiceStatus status_of(const Backend& wanted, const GlobalState& state) {
  Choices& made = choices();
  if (made.program != nullptr && made.program != &wanted) return ChoiceStatus::conflict;
  if (state.effective == &wanted) {
    return state.source == ChoiceSource::none ? ChoiceStatus::accepted : ChoiceStatus::same;
  }
  if (state.source == ChoiceSource::environment) {
    return made.override_announced ? ChoiceStatus::overridden : ChoiceStatus::overridden_first;
  }
  return state.frozen ? ChoiceStatus::frozen : ChoiceStatus::accepted;
}

void refuse(const EnvironmentChoice& asked) {
  if (!asked.error.empty()) {
    std::fprintf(
        stderr,
        "allomorph: ALLOMORPH_ALLOCATOR is \"%s\", which cannot be loaded as an allocator: "
        "%s. Correct or unset the variable; allomorph check tells more.\n",
        asked.value.c_str(), asked.error.c_str());
    return;
  }
  std::fprintf(
      stderr,
      "allomorph: ALLOMORPH_ALLOCATOR is \"%s\", which is not an allocator that can be "
      "used here. Valid: system%s, or the absolute path of a library. Correct or unset the "
      "variable.\n",
      asked.value.c_str(), find_backend(BackendId::jemalloc) != nullptr ? ", jemalloc" : "");
}

}  // namespace

std::string environment_value() {
  const char* value = std::getenv("ALLOMORPH_ALLOCATOR");
  return value == nullptr ? std::string() : value;
}

void set_library_loader(LibraryLoader loader) {
  library_loader = loader;
}

const EnvironmentChoice& environment_choice() {
  static const auto* choice = new EnvironmentChoice(read_environment());
  return *choice;
}

// Every function that takes the lock has asked the environment before: loading a library under
// it would keep other threads spinning, and the library may call back.

GlobalState global_state() {
  environment_choice();
  const std::lock_guard guard(lock);
  return state_locked();
}

ChoiceResult choose_global(const Backend& backend, std::string_view origin) {
  environment_choice();
  const std::lock_guard guard(lock);
  Choices& made = choices();
  const ChoiceStatus status = status_of(backend, state_locked());
  if (status == ChoiceStatus::conflict || status == ChoiceStatus::frozen) {
    return {status, state_locked().effective, made.program, made.program_origin};
  }
  if (made.program == nullptr) {
    made.program = &backend;
    retain_backend(backend.id);
    made.program_origin = origin;
  }
  if (status == ChoiceStatus::overridden_first) made.override_announced = true;
  return {status, state_locked().effective, made.program, made.program_origin};
}

const Backend& freeze_global() {
  const EnvironmentChoice& asked = environment_choice();
  if (!asked.value.empty() && asked.backend == nullptr) {
    refuse(asked);
    std::_Exit(1);
  }
  const std::lock_guard guard(lock);
  choices().frozen = true;
  return *state_locked().effective;
}

}  // namespace allomorph
