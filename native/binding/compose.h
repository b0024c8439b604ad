// The two halves of `addon.compose`: compose.cc opens building blocks, compose_readings.cc asks
// them.
#ifndef ALLOMORPH_BINDING_COMPOSE_H
#define ALLOMORPH_BINDING_COMPOSE_H

#include "binding/binding.h"
#include "compose/allocator.h"

namespace allomorph::binding {

// Those that can be asked something.
enum class Kind : uint8_t { limited, counted, bump, failing };
inline constexpr size_t kind_count = 4;

// Remembers what one of a kind looks like, and returns it. Null: memory is exhausted.
allomorph_allocator* note_kind(Kind kind, allomorph_allocator* made);

void add_compose_readings(Napi::Env env, Napi::Object functions);

}  // namespace allomorph::binding

#endif
