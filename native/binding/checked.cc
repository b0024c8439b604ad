// The debugging allocator, and what its form in TypeScript needs of memory, as lib/native/addon.ts
// describes them.

#include <cstring>
#include <memory>
#include <new>
#include <string>

#include "binding/opened.h"
#include "compose/checked/checked.h"
#include "platform/stack.h"

namespace allomorph::binding {
namespace {

constexpr size_t most_faults = 1000;

// open(name, behind, isGuarded, quarantine, frames, every). Faults that no function of TypeScript
// asks about, through `unsafe` and the table, are written to stderr.
Napi::Value open_checked(const Napi::CallbackInfo& info) {
  Behind behind;
  if (!behind_argument(info, 1, &behind)) return {};
  const allomorph_checked_options options = {
      .level =
          info[2].As<Napi::Boolean>() ? allomorph_checked_page_guard : allomorph_checked_poison,
      .quarantine = size_argument(info, 3),
      .frames = static_cast<int>(size_argument(info, 4)),
      .report_fd = 2,
      .on_fault = allomorph_on_fault_report,
      .every = info[5].As<Napi::Number>().Uint32Value(),
      .header = 0,
  };
  allomorph_allocator* first =
      behind.allocator == nullptr ? nullptr : allomorph_checked(behind.allocator, &options);
  return open(info.Env(), first, {behind}, info[0].As<Napi::String>());
}

std::string hex(uintptr_t value) {
  std::string digits;
  do {
    digits.insert(digits.begin(), "0123456789abcdef"[value % 16]);
    value /= 16;
  } while (value != 0);
  return "0x" + digits;
}

std::string describe_code(uintptr_t address) {
  // The call, not what follows it: that may be the next function.
  const allomorph_code code = allomorph_code_at(address - 1);
  if (code.module == nullptr) return hex(address);
  std::string text = std::string(code.module) + "+" + hex(code.module_offset + 1);
  if (code.symbol != nullptr) {
    text += " (" + std::string(code.symbol) + "+" + hex(code.symbol_offset + 1) + ")";
  }
  return text;
}

Napi::Value describe_frames(Napi::Env env, const uintptr_t* frames, size_t count) {
  Napi::Array result = Napi::Array::New(env, count);
  for (uint32_t index = 0; index < count; index++) {
    result.Set(index, Napi::String::New(env, describe_code(frames[index])));
  }
  return result;
}

Napi::Value describe_block(Napi::Env env, const allomorph_checked_block& block) {
  Napi::Object result = Napi::Object::New(env);
  result.Set("address", number(env, block.address));
  result.Set("size", number(env, block.size));
  result.Set("align", number(env, block.align));
  result.Set("isFreed", block.is_freed);
  result.Set("allocatedFrames", describe_frames(env, block.allocated, block.allocated_count));
  result.Set("freedFrames", describe_frames(env, block.freed, block.freed_count));
  return result;
}

const char* name_of(allomorph_fault_kind kind) {
  switch (kind) {
    case allomorph_fault_overflow:
      return "overflow";
    case allomorph_fault_underflow:
      return "underflow";
    case allomorph_fault_use_after_free:
      return "use-after-free";
    case allomorph_fault_double_free:
      return "double-free";
    case allomorph_fault_wrong_size:
      return "wrong-size";
    case allomorph_fault_wrong_alignment:
      return "wrong-alignment";
    case allomorph_fault_inside:
      return "interior-free";
    default:
      return "foreign-free";
  }
}

Napi::Value describe_fault(Napi::Env env, const allomorph_fault& fault) {
  Napi::Object result = Napi::Object::New(env);
  result.Set("kind", name_of(fault.kind));
  result.Set("offset", static_cast<double>(fault.offset));
  result.Set("value", fault.value);
  result.Set("block", fault.block.address == 0 ? env.Null() : describe_block(env, fault.block));
  return result;
}

// inspect(id, address, oldSize, align)
Napi::Value inspect(const Napi::CallbackInfo& info) {
  allomorph_allocator* self = opened_argument(info);
  if (self == nullptr) return info.Env().Null();
  allomorph_fault fault;
  const bool is_right = allomorph_checked_inspect(
      self, size_argument(info, 1), size_argument(info, 2), size_argument(info, 3), &fault);
  if (is_right) return info.Env().Null();
  allomorph_checked_count_fault(self);  // TypeScript throws it
  return describe_fault(info.Env(), fault);
}

// verify(id): at most a thousand faults.
Napi::Value verify(const Napi::CallbackInfo& info) {
  allomorph_allocator* self = opened_argument(info);
  const std::unique_ptr<allomorph_fault[]> faults(new (std::nothrow) allomorph_fault[most_faults]);
  if (self == nullptr || faults == nullptr) return info.Env().Null();
  const size_t found = allomorph_checked_verify(self, faults.get(), most_faults);
  const size_t count = found < most_faults ? found : most_faults;
  Napi::Array result = Napi::Array::New(info.Env(), count);
  for (uint32_t index = 0; index < count; index++) {
    result.Set(index, describe_fault(info.Env(), faults[index]));
  }
  return result;
}

// live(id)
Napi::Value live(const Napi::CallbackInfo& info) {
  allomorph_allocator* self = opened_argument(info);
  if (self == nullptr) return info.Env().Null();
  const size_t room = allomorph_checked_live(self, nullptr, 0);
  const std::unique_ptr<allomorph_checked_block[]> blocks(new (std::nothrow)
                                                              allomorph_checked_block[room + 1]);
  if (blocks == nullptr) return info.Env().Null();
  const size_t found = allomorph_checked_live(self, blocks.get(), room);
  // Other threads go on meanwhile.
  const size_t count = found < room ? found : room;
  Napi::Array result = Napi::Array::New(info.Env(), count);
  for (uint32_t index = 0; index < count; index++) {
    result.Set(index, describe_block(info.Env(), blocks[index]));
  }
  return result;
}

// stats(id)
Napi::Value stats(const Napi::CallbackInfo& info) {
  allomorph_allocator* self = opened_argument(info);
  if (self == nullptr) return info.Env().Null();
  const allomorph_checked_stats now = allomorph_checked_read(self);
  const Napi::Env env = info.Env();
  Napi::Object result = Napi::Object::New(env);
  result.Set("liveBlocks", static_cast<double>(now.live_blocks));
  result.Set("liveBytes", static_cast<double>(now.live_bytes));
  result.Set("quarantinedBlocks", static_cast<double>(now.quarantined_blocks));
  result.Set("quarantinedBytes", static_cast<double>(now.quarantined_bytes));
  result.Set("keptBlocks", static_cast<double>(now.kept_blocks));
  result.Set("faults", static_cast<double>(now.faults));
  result.Set("guardedBlocks", static_cast<double>(now.guarded_blocks));
  result.Set("unguardedBlocks", static_cast<double>(now.unguarded_blocks));
  return result;
}

// place(id, text): for setPlace; 0 when it cannot be kept.
Napi::Value place(const Napi::CallbackInfo& info) {
  allomorph_allocator* self = opened_argument(info);
  if (self == nullptr) return info.Env().Null();
  const std::string text = info[1].As<Napi::String>();
  const char* kept = allomorph_checked_place(self, text.data(), text.size());
  return number(info.Env(), reinterpret_cast<uintptr_t>(kept));
}

// setPlace(id, address, place)
void set_place(const Napi::CallbackInfo& info) {
  allomorph_allocator* self = opened_argument(info);
  if (self == nullptr) return;
  allomorph_checked_set_place(self, size_argument(info, 1),
                              reinterpret_cast<const char*>(pointer_argument(info, 2)));
}

// fill(address, size, byte)
void fill(const Napi::CallbackInfo& info) {
  std::memset(pointer_argument(info, 0), info[2].As<Napi::Number>().Int32Value(),
              size_argument(info, 1));
}

// copy(to, from, size)
void copy(const Napi::CallbackInfo& info) {
  std::memcpy(pointer_argument(info, 0), pointer_argument(info, 1), size_argument(info, 2));
}

// firstOther(address, size, byte): its offset, or -1.
Napi::Value first_other(const Napi::CallbackInfo& info) {
  const uint8_t* bytes = pointer_argument(info, 0);
  const size_t size = size_argument(info, 1);
  const auto expected = static_cast<uint8_t>(info[2].As<Napi::Number>().Uint32Value());
  size_t at = 0;
  while (at < size && bytes[at] == expected) at++;
  return Napi::Number::New(info.Env(), at == size ? -1 : static_cast<double>(at));
}

// byteAt(address)
Napi::Value byte_at(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), *pointer_argument(info, 0));
}

}  // namespace

void register_checked(Napi::Env env, Napi::Object exports) {
  Napi::Object functions = Napi::Object::New(env);
  add<open_checked>(env, functions, "open");
  add<inspect>(env, functions, "inspect");
  add<verify>(env, functions, "verify");
  add<live>(env, functions, "live");
  add<stats>(env, functions, "stats");
  add<place>(env, functions, "place");
  add<set_place>(env, functions, "setPlace");
  add<fill>(env, functions, "fill");
  add<copy>(env, functions, "copy");
  add<first_other>(env, functions, "firstOther");
  add<byte_at>(env, functions, "byteAt");
  exports.Set("debugging", functions);
}

}  // namespace allomorph::binding
