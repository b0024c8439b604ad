// What can be asked of an open building block, by its backend id. TypeScript passes the id of one
// that it holds open, and of that kind unless a method was borrowed from another object.

#include <atomic>

#include "binding/compose.h"
#include "binding/opened.h"
#include "compose/bump.h"
#include "compose/counted.h"
#include "compose/failing.h"
#include "compose/limited.h"

namespace allomorph::binding {
namespace {

// All allocators of a kind have the same functions, which are what tells the kind: they are known
// as soon as there is one.
constinit std::atomic<const allomorph_functions*> functions_of[kind_count] = {};

// Null with a pending TypeError: it is closed, or of another kind.
allomorph_allocator* argument_of(Kind kind, const Napi::CallbackInfo& info) {
  allomorph_allocator* self = opened_argument(info);
  if (self != nullptr && self->functions == functions_of[static_cast<size_t>(kind)].load()) {
    return self;
  }
  if (!info.Env().IsExceptionPending()) {
    Napi::TypeError::New(info.Env(), "called on an allocator of another kind")
        .ThrowAsJavaScriptException();
  }
  return nullptr;
}

Napi::Value limited_used(const Napi::CallbackInfo& info) {
  const allomorph_allocator* self = argument_of(Kind::limited, info);
  return self == nullptr ? Napi::Value() : number(info.Env(), allomorph_limited_used(self));
}

Napi::Value counted_read(const Napi::CallbackInfo& info) {
  const allomorph_allocator* self = argument_of(Kind::counted, info);
  if (self == nullptr) return {};
  allomorph_counts counts;
  allomorph_counted_read(self, &counts);
  Napi::Object result = Napi::Object::New(info.Env());
  const auto set = [&](const char* name, uint64_t value) {
    result.Set(name, static_cast<double>(value));
  };
  set("allocate", counts.allocate);
  set("deallocate", counts.deallocate);
  set("reallocate", counts.reallocate);
  set("reallocateInplace", counts.reallocate_inplace);
  set("usableSize", counts.usable_size);
  set("failed", counts.failed);
  set("liveBlocks", counts.live_blocks);
  set("liveBytes", counts.live_bytes);
  set("peakBytes", counts.peak_bytes);
  set("totalBytes", counts.total_bytes);
  return result;
}

// bumpReset(id): false when others use it; nothing has changed then.
Napi::Value bump_reset(const Napi::CallbackInfo& info) {
  allomorph_allocator* self = argument_of(Kind::bump, info);
  if (self == nullptr) return {};
  const bool done = forget_blocks(backend_argument(info, 0)->id);
  if (done) allomorph_bump_reset(self);
  return Napi::Boolean::New(info.Env(), done);
}

Napi::Value bump_held(const Napi::CallbackInfo& info) {
  const allomorph_allocator* self = argument_of(Kind::bump, info);
  return self == nullptr ? Napi::Value() : number(info.Env(), allomorph_bump_held(self));
}

Napi::Value failing_count(const Napi::CallbackInfo& info) {
  const allomorph_allocator* self = argument_of(Kind::failing, info);
  return self == nullptr
             ? Napi::Value()
             : Napi::Number::New(info.Env(), static_cast<double>(allomorph_failing_count(self)));
}

}  // namespace

allomorph_allocator* note_kind(Kind kind, allomorph_allocator* made) {
  if (made != nullptr) functions_of[static_cast<size_t>(kind)].store(made->functions);
  return made;
}

void add_compose_readings(Napi::Env env, Napi::Object functions) {
  add<limited_used>(env, functions, "limitedUsed");
  add<counted_read>(env, functions, "countedRead");
  add<bump_reset>(env, functions, "bumpReset");
  add<bump_held>(env, functions, "bumpHeld");
  add<failing_count>(env, functions, "failingCount");
}

}  // namespace allomorph::binding
