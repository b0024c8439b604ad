// The native half of lib/magazines: batches.
//
// A magazine is a stack of free blocks of one size class. JavaScript pops and
// pushes by itself, in two arrays that it shares with this file: `slots` holds
// the addresses of all magazines, `rows` four integers for each of them. Only
// when a magazine is empty or full does a call come here, once for many blocks.
//
// A request travels as in the call frame of backends.cc: three numbers in an
// array of the thread, no arguments. Plain Node-API for the same reason.

#include <cstring>
#include <new>

#include "binding/binding.h"
#include "core/counters.h"
#include "core/open_backends.h"

namespace allomorph::binding {
namespace {

// Every block of a magazine is allocated with the size of its class and this
// alignment, and freed with the same.
constexpr size_t block_align = 16;

// One row of `rows`, as lib/magazines/table.ts lays it out. The blocks of the
// magazine are slots[bottom, top), oldest first.
struct Row {
  int32_t top;
  int32_t bottom;
  int32_t end;
  int32_t size;
};
static_assert(sizeof(Row) == 4 * sizeof(int32_t));

// The magazines of one cached allocator. Lives as long as the handle that
// JavaScript holds, or the environment.
struct Magazines {
  const Backend* backend;
  double* slots;
  Row* rows;
  size_t row_count;
  napi_ref kept_slots;
  napi_ref kept_rows;
  bool is_user;  // of the backend
};

uint8_t* block_at(double slot) {
  return reinterpret_cast<uint8_t*>(static_cast<uintptr_t>(static_cast<int64_t>(slot)));
}

// Counted once for the batch: the uncounted table, and one addition.
void count_batch(const Magazines& all, const Row& row, int64_t blocks) {
  const size_t usable = all.backend->abi.usable_size(static_cast<size_t>(row.size), block_align);
  count(all.backend->id, blocks, blocks * static_cast<int64_t>(usable));
}

// Puts on as many blocks as there are to be had, `wanted` at most.
void fill(const Magazines& all, Row& row, int32_t wanted) {
  const allomorph_abi& abi = all.backend->uncounted;
  double* const to = all.slots + row.top;
  int32_t got = 0;
  for (; got < wanted; got++) {
    const uint8_t* block = abi.allocate(static_cast<size_t>(row.size), block_align);
    if (block == nullptr) break;
    to[got] = static_cast<double>(reinterpret_cast<uintptr_t>(block));
  }
  row.top += got;
  count_batch(all, row, got);
}

// Gives back the oldest: the newest are those that the processor's cache holds.
void give_back(const Magazines& all, Row& row, int32_t blocks) {
  const allomorph_abi& abi = all.backend->uncounted;
  double* const from = all.slots + row.bottom;
  const int32_t held = row.top - row.bottom;
  if (blocks > held) blocks = held;
  for (int32_t index = 0; index < blocks; index++) {
    abi.deallocate(block_at(from[index]), static_cast<size_t>(row.size), block_align);
  }
  std::memmove(from, from + blocks, static_cast<size_t>(held - blocks) * sizeof(double));
  row.top -= blocks;
  count_batch(all, row, -blocks);
}

// --- What JavaScript calls.

class Request {
 public:
  Request(napi_env env, napi_callback_info info) {
    void* words = nullptr;
    napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &words);
    words_ = static_cast<double*>(words);
  }

  size_t word(size_t index) const {
    return static_cast<size_t>(static_cast<int64_t>(words_[index]));
  }
  const Magazines& magazines() const {
    return *reinterpret_cast<const Magazines*>(word(0));
  }
  // `rows` is indexed by integer in JavaScript: the number is that of the first.
  Row& row() const {
    return magazines().rows[word(1) / 4];
  }
  int32_t blocks() const {
    return static_cast<int32_t>(word(2));
  }

 private:
  double* words_;
};

napi_value refill(napi_env env, napi_callback_info info) {
  const Request request(env, info);
  fill(request.magazines(), request.row(), request.blocks());
  return nullptr;
}

napi_value flush(napi_env env, napi_callback_info info) {
  const Request request(env, info);
  give_back(request.magazines(), request.row(), request.blocks());
  return nullptr;
}

// Content from one block to another one; they do not overlap.
napi_value copy(napi_env env, napi_callback_info info) {
  const Request request(env, info);
  std::memcpy(reinterpret_cast<void*>(request.word(0)),
              reinterpret_cast<const void*>(request.word(1)), request.word(2));
  return nullptr;
}

void end_use(Magazines& all) {
  if (!all.is_user) return;
  all.is_user = false;
  release_backend(all.backend->id);
}

// The handle was collected, or its thread ends: nobody can pop any more. The
// arrays are reachable still, by the references that are given up here.
void close(napi_env env, void* data, void* /*hint*/) {
  auto* all = static_cast<Magazines*>(data);
  for (size_t index = 0; index < all->row_count; index++) {
    Row& row = all->rows[index];
    give_back(*all, row, row.top - row.bottom);
  }
  end_use(*all);
  napi_delete_reference(env, all->kept_slots);
  napi_delete_reference(env, all->kept_rows);
  delete all;
}

// close(id): nothing is fetched any more. The blocks that are still out come back one by one, and
// are themselves what keeps the backend open.
void end(const Napi::CallbackInfo& info) {
  end_use(*reinterpret_cast<Magazines*>(info[0].As<Napi::Number>().Int64Value()));
}

// open(backend, slots, rows): { handle, id }. `id` names the magazines in a
// request, for as long as the handle is reachable.
Napi::Value open(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const Backend* backend = backend_argument(info, 0);
  if (backend == nullptr) return {};
  if (!info[1].IsTypedArray() || !info[2].IsTypedArray()) {
    Napi::TypeError::New(env, "Float64Array and Int32Array expected").ThrowAsJavaScriptException();
    return {};
  }
  auto slots = info[1].As<Napi::Float64Array>();
  auto rows = info[2].As<Napi::Int32Array>();
  auto* all = new (std::nothrow) Magazines{
      backend, slots.Data(), reinterpret_cast<Row*>(rows.Data()), rows.ElementLength() / 4, nullptr,
      nullptr, true};
  if (all == nullptr) return env.Null();
  retain_backend(backend->id);
  napi_value handle;
  napi_create_reference(env, slots, 1, &all->kept_slots);
  napi_create_reference(env, rows, 1, &all->kept_rows);
  if (napi_create_external(env, all, close, nullptr, &handle) != napi_ok) {
    close(env, all, nullptr);
    return env.Null();
  }
  Napi::Object result = Napi::Object::New(env);
  result.Set("handle", Napi::Value(env, handle));
  result.Set("id", static_cast<double>(reinterpret_cast<uintptr_t>(all)));
  return result;
}

struct Method {
  const char* name;
  napi_callback function;
};

}  // namespace

void register_magazines(Napi::Env env, Napi::Object exports) {
  Napi::Float64Array request = Napi::Float64Array::New(env, 3);
  // The functions hold the bare address of its memory: see register_backends.
  auto* kept = new Napi::Reference<Napi::Float64Array>(Napi::Persistent(request));
  env.AddCleanupHook([](Napi::Reference<Napi::Float64Array>* ended) { delete ended; }, kept);

  Napi::Object functions = Napi::Object::New(env);
  functions.Set("request", request);
  for (const Method& method : {Method{"refill", refill}, {"flush", flush}, {"copy", copy}}) {
    napi_value function;
    // Fails in a worker that is being terminated.
    if (napi_create_function(env, method.name, NAPI_AUTO_LENGTH, method.function, request.Data(),
                             &function) == napi_ok) {
      functions.Set(method.name, Napi::Value(env, function));
    }
  }
  add<open>(env, functions, "open");
  add<end>(env, functions, "close");
  exports.Set("magazines", functions);
}

}  // namespace allomorph::binding
