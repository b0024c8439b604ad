// Which backend is the global one. Set once per process, shared by all threads,
// frozen by the first allocation through it.
//
//   environment (ALLOMORPH_ALLOCATOR)  >  the program's choice  >  system
#ifndef ALLOMORPH_CORE_REGISTRY_H
#define ALLOMORPH_CORE_REGISTRY_H

#include <optional>
#include <string>
#include <string_view>

#include "core/backend.h"

namespace allomorph {

enum class ChoiceSource : uint8_t { none, environment, program };

struct GlobalState {
  const Backend* effective;
  ChoiceSource source;
  bool frozen;
};

enum class ChoiceStatus : uint8_t {
  accepted,
  same,              // chosen before, by anyone in this process
  overridden_first,  // the operator's variable wins; nobody has been told yet
  overridden,        // the operator's variable wins; that was said already
  conflict,          // the program chose another one before
  frozen             // the default is in use already
};

struct ChoiceResult {
  ChoiceStatus status;
  const Backend* effective;
  // On conflict: who chose first.
  const Backend* first_backend;
  std::string first_origin;
};

// `origin` says where in the program the choice stands; shown to whoever makes
// a different one.
ChoiceResult choose_global(const Backend& backend, std::string_view origin);

// Reading does not freeze.
GlobalState global_state();

// Settles the choice and returns the backend. Ends the process with a sentence
// when the environment names an allocator that cannot be had: a C caller has no
// other way to learn it, and TypeScript has refused to load before.
const Backend& freeze_global();

// What the operator asked for.
struct EnvironmentChoice {
  std::string value;       // empty: the variable is unset or empty
  const Backend* backend;  // null with a value: unknown, or not available here
  std::string error;       // why a library cannot be had; empty for a name
};
// The first call loads the library that a path names.
const EnvironmentChoice& environment_choice();
// What the variable says, without loading anything.
std::string environment_value();

// How a path becomes a backend. Set by allocators/ while the addon is loaded: core knows no
// allocator by itself.
struct LibraryBackend {
  const Backend* backend;  // null: `error` says why
  std::string error;
};
using LibraryLoader = LibraryBackend (*)(const std::string& path);
void set_library_loader(LibraryLoader loader);

}  // namespace allomorph

#endif
