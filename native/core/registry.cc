#include "core/registry.h"

#include <cstdio>
#include <cstdlib>
#include <mutex>

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

EnvironmentChoice read_environment() {
  const char* value = std::getenv("ALLOMORPH_ALLOCATOR");
  if (value == nullptr || value[0] == '\0') return {};
  return {value, find_backend(std::string_view(value))};
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

}  // namespace

const EnvironmentChoice& environment_choice() {
  static const auto* choice = new EnvironmentChoice(read_environment());
  return *choice;
}

GlobalState global_state() {
  const std::lock_guard guard(lock);
  return state_locked();
}

ChoiceResult choose_global(const Backend& backend, std::string_view origin) {
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
    std::fprintf(stderr,
                 "allomorph: ALLOMORPH_ALLOCATOR is \"%s\", which is not an allocator that can be "
                 "used here. Valid: system%s. Correct or unset the variable.\n",
                 asked.value.c_str(),
                 find_backend(BackendId::jemalloc) != nullptr ? ", jemalloc" : "");
    std::_Exit(1);
  }
  const std::lock_guard guard(lock);
  choices().frozen = true;
  return *state_locked().effective;
}

}  // namespace allomorph
