// The two halves of `addon.compose`: compose.cc opens building blocks, compose_readings.cc asks
// them.
#ifndef ALLOMORPH_BINDING_COMPOSE_H
#define ALLOMORPH_BINDING_COMPOSE_H

#include "binding/binding.h"

namespace allomorph::binding {

void add_compose_readings(Napi::Env env, Napi::Object functions);

}  // namespace allomorph::binding

#endif
