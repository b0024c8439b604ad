// Which copy of the addon leads this process.

#include "core/copies.h"

#include "binding/binding.h"

namespace allomorph::binding {
namespace {

Napi::Value leader(const Napi::CallbackInfo& info) {
  const LeadingCopy copy = leading_copy();
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("path", copy.path);
  result.Set("version", copy.package_version);
  result.Set("isThisOne", copy.is_this_one);
  return result;
}

}  // namespace

void register_copies(Napi::Env env, Napi::Object exports) {
  exports.Set("version", allomorph_copy()->package_version);
  add<leader>(env, exports, "leader");
}

}  // namespace allomorph::binding
