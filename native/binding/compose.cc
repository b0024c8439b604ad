// Opens the building blocks of compose/ as lib/native/addon.ts describes them. Each function opens
// a backend over one or two others.

#include "binding/compose.h"
#include "binding/opened.h"
#include "compose/bump.h"
#include "compose/counted.h"
#include "compose/failing.h"
#include "compose/fallback.h"
#include "compose/limited.h"
#include "compose/logged.h"
#include "compose/segregated.h"
#include "platform/descriptor.h"

namespace allomorph::binding {
namespace {

// Opens `make(allocator behind)`; the name is the first argument, what stands behind the second.
template <class Make>
Napi::Value open_over_one(const Napi::CallbackInfo& info, Make make) {
  Behind behind;
  if (!behind_argument(info, 1, &behind)) return {};
  allomorph_allocator* first = behind.allocator == nullptr ? nullptr : make(behind.allocator);
  return open(info.Env(), first, {behind}, info[0].As<Napi::String>());
}

// The same over two, which are the second and the third argument.
template <class Make>
Napi::Value open_over_two(const Napi::CallbackInfo& info, Make make) {
  Behind first;
  Behind second;
  if (!behind_argument(info, 1, &first)) return {};
  if (!behind_argument(info, 2, &second)) {
    if (first.allocator != nullptr) allomorph_destroy(first.allocator);
    return {};
  }
  const bool is_complete = first.allocator != nullptr && second.allocator != nullptr;
  return open(info.Env(), is_complete ? make(first.allocator, second.allocator) : nullptr,
              {first, second}, info[0].As<Napi::String>());
}

// limited(name, behind, limit)
Napi::Value limited(const Napi::CallbackInfo& info) {
  return open_over_one(info, [&](allomorph_allocator* behind) {
    return note_kind(Kind::limited, allomorph_limited(behind, size_argument(info, 2)));
  });
}

// counted(name, behind)
Napi::Value counted(const Napi::CallbackInfo& info) {
  return open_over_one(info, [](allomorph_allocator* behind) {
    return note_kind(Kind::counted, allomorph_counted(behind));
  });
}

// logged(name, behind, descriptor): writes to a duplicate of its own.
Napi::Value logged(const Napi::CallbackInfo& info) {
  return open_over_one(info, [&](allomorph_allocator* behind) -> allomorph_allocator* {
    const int fd = allomorph_duplicate_descriptor(info[2].As<Napi::Number>().Int32Value());
    if (fd < 0) return nullptr;
    allomorph_allocator* made = allomorph_logged_owning(behind, fd);
    if (made == nullptr) allomorph_close_descriptor(fd);
    return made;
  });
}

// fallback(name, first, second)
Napi::Value fallback(const Napi::CallbackInfo& info) {
  return open_over_two(info, allomorph_fallback);
}

// segregated(name, small, large, threshold)
Napi::Value segregated(const Napi::CallbackInfo& info) {
  return open_over_two(info, [&](allomorph_allocator* small, allomorph_allocator* large) {
    return allomorph_segregated(size_argument(info, 3), small, large);
  });
}

// bump(name, behind, chunk)
Napi::Value bump(const Napi::CallbackInfo& info) {
  return open_over_one(info, [&](allomorph_allocator* behind) {
    return note_kind(Kind::bump, allomorph_bump(behind, size_argument(info, 2)));
  });
}

// failing(name, behind, after, probability, seed): `after` -1 is never.
Napi::Value failing(const Napi::CallbackInfo& info) {
  return open_over_one(info, [&](allomorph_allocator* behind) {
    return note_kind(
        Kind::failing,
        allomorph_failing(behind, static_cast<uint64_t>(info[2].As<Napi::Number>().Int64Value()),
                          info[3].As<Napi::Number>().DoubleValue(),
                          static_cast<uint64_t>(info[4].As<Napi::Number>().Int64Value())));
  });
}

}  // namespace

void register_compose(Napi::Env env, Napi::Object exports) {
  Napi::Object functions = Napi::Object::New(env);
  add<limited>(env, functions, "limited");
  add<counted>(env, functions, "counted");
  add<logged>(env, functions, "logged");
  add<fallback>(env, functions, "fallback");
  add<segregated>(env, functions, "segregated");
  add<bump>(env, functions, "bump");
  add<failing>(env, functions, "failing");
  add_compose_readings(env, functions);
  exports.Set("compose", functions);
}

}  // namespace allomorph::binding
