// What is recorded of a block, for the message of an error about it.

#include "binding/binding.h"
#include "core/block_table.h"

namespace allomorph::binding {
namespace {

Napi::Value describe_block(const Napi::CallbackInfo& info) {
  if (!info[0].IsNumber()) return info.Env().Null();
  const auto address = static_cast<uintptr_t>(info[0].As<Napi::Number>().Int64Value());
  BlockRecord block;
  if (!find_block(address, &block)) return info.Env().Null();
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("backend", static_cast<double>(block.backend));
  result.Set("size", static_cast<double>(block.size));
  result.Set("align", static_cast<double>(block.align()));
  return result;
}

}  // namespace

void register_blocks(Napi::Env env, Napi::Object exports) {
  add<describe_block>(env, exports, "describeBlock");
}

}  // namespace allomorph::binding
