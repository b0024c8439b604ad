#include "binding/binding.h"

namespace allomorph::binding {

const Backend* backend_argument(const Napi::CallbackInfo& info, size_t index) {
  if (info[index].IsNumber()) {
    const uint32_t id = info[index].As<Napi::Number>().Uint32Value();
    if (id < max_backends) {
      const Backend* backend = find_backend(static_cast<BackendId>(id));
      if (backend != nullptr) return backend;
    }
  }
  Napi::TypeError::New(info.Env(), "backend id expected").ThrowAsJavaScriptException();
  return nullptr;
}

namespace {

// Runs once per thread that loads the addon; everything process-wide is in core
// and initialises itself once, so that there is nothing to tear down here.
Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  register_backends(env, exports);
  register_opened(env, exports);
  register_compose(env, exports);
  register_checked(env, exports);
  register_libraries(env, exports);
  register_conformance(env, exports);
  register_blocks(env, exports);
  register_global(env, exports);
  register_copies(env, exports);
  register_system(env, exports);
  register_jemalloc(env, exports);
  register_magazines(env, exports);
  register_memory(env, exports);
  register_process(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(allomorph, initialise)

}  // namespace allomorph::binding
