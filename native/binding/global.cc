// The registry of the global backend.

#include "binding/binding.h"
#include "core/registry.h"

namespace allomorph::binding {
namespace {

const char* name_of(ChoiceSource source) {
  switch (source) {
    case ChoiceSource::environment:
      return "environment";
    case ChoiceSource::program:
      return "program";
    case ChoiceSource::none:
      break;
  }
  return "default";
}

const char* name_of(ChoiceStatus status) {
  switch (status) {
    case ChoiceStatus::accepted:
      return "accepted";
    case ChoiceStatus::same:
      return "same";
    case ChoiceStatus::overridden_first:
      return "overridden-first";
    case ChoiceStatus::overridden:
      return "overridden";
    case ChoiceStatus::conflict:
      return "conflict";
    case ChoiceStatus::frozen:
      break;
  }
  return "frozen";
}

Napi::Value choose(const Napi::CallbackInfo& info) {
  const Backend* backend = backend_argument(info, 0);
  if (backend == nullptr) return {};
  const std::string origin = info[1].As<Napi::String>();
  const ChoiceResult choice = choose_global(*backend, origin);
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("status", name_of(choice.status));
  result.Set("effective", id_of(*choice.effective));
  if (choice.first_backend != nullptr) {
    result.Set("firstName", choice.first_backend->abi.name);
    result.Set("firstOrigin", choice.first_origin);
  }
  return result;
}

Napi::Value state(const Napi::CallbackInfo& info) {
  const GlobalState now = global_state();
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("effective", id_of(*now.effective));
  result.Set("source", name_of(now.source));
  result.Set("frozen", now.frozen);
  return result;
}

Napi::Value freeze(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), id_of(freeze_global()));
}

Napi::Value environment(const Napi::CallbackInfo& info) {
  const EnvironmentChoice& choice = environment_choice();
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("value", choice.value);
  result.Set("valid", choice.value.empty() || choice.backend != nullptr);
  result.Set("error", choice.error);
  return result;
}

Napi::Value environment_text(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), environment_value());
}

}  // namespace

void register_global(Napi::Env env, Napi::Object exports) {
  add<choose>(env, exports, "chooseGlobal");
  add<state>(env, exports, "globalState");
  add<freeze>(env, exports, "freezeGlobal");
  add<environment>(env, exports, "environmentChoice");
  add<environment_text>(env, exports, "environmentValue");
}

}  // namespace allomorph::binding
