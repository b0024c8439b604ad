/*
 * A log of bytes that grows: memory of an addon that is not tied to a JavaScript object's size,
 * taken from the allocator whose table the program passes in.
 */
#include <allomorph.h>
#include <node_api.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

typedef struct log {
  const allomorph_abi* from;
  uint8_t* bytes; /* null: none yet, capacity is 0 */
  size_t capacity;
  size_t length;
} log;

enum { align = 16 };

/* What a handle must have been made by for it to be a log. */
static const napi_type_tag log_tag = {0x6f1c9a52d3e84b07, 0x9b7e25c1f04ad683};

static void release(log* of) {
  if (of->bytes != NULL) of->from->deallocate(of->bytes, of->capacity, align);
  *of = (log){.from = of->from};
}

static void finalize(napi_env env, void* data, void* hint) {
  (void)env, (void)hint;
  release(data);
  free(data);
}

/* Room for `wanted` bytes in all. False: memory is exhausted and the log is as it was. */
static bool reserve(log* of, size_t wanted) {
  if (wanted <= of->capacity) return true;
  size_t grown = of->capacity + of->capacity / 2;
  if (grown < wanted) grown = wanted;
  const allomorph_abi* from = of->from;
  if (of->bytes == NULL) {
    of->bytes = from->allocate(grown, align);
    if (of->bytes == NULL) return false;
  } else {
    /* In place costs no copy. What it returns is the size from now on, also when it is not enough.
     */
    of->capacity = from->reallocate_inplace(of->bytes, of->capacity, grown, align);
    if (of->capacity >= grown) return true;
    uint8_t* moved = from->reallocate(of->bytes, of->capacity, grown, align);
    if (moved == NULL) return false;
    of->bytes = moved;
  }
  /* All of what the allocator really gave, not only what was asked for. */
  of->capacity = from->usable_size(grown, align);
  return true;
}

static napi_value refuse(napi_env env, const char* code, const char* message) {
  napi_throw_type_error(env, code, message);
  return NULL;
}

/* The arguments, and the log that the first one is; null: an exception is pending. */
static log* arguments(napi_env env, napi_callback_info info, napi_value values[2]) {
  size_t count = 2;
  bool tagged = false;
  void* data = NULL;
  napi_valuetype type = napi_undefined;
  if (napi_get_cb_info(env, info, &count, values, NULL, NULL) != napi_ok ||
      napi_typeof(env, values[0], &type) != napi_ok || type != napi_external ||
      napi_check_object_type_tag(env, values[0], &log_tag, &tagged) != napi_ok || !tagged ||
      napi_get_value_external(env, values[0], &data) != napi_ok) {
    refuse(env, "ERR_FOLLOWER_LOG", "The first argument must be a log that create() returned.");
    return NULL;
  }
  return data;
}

static napi_value create(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  const allomorph_abi* from = NULL;
  const char* fault = table_of(env, argument, &from);
  if (fault != NULL) return refuse(env, "ERR_FOLLOWER_TABLE", fault);

  log* made = calloc(1, sizeof *made);
  if (made == NULL) return refuse(env, "ERR_FOLLOWER_MEMORY", "There is no memory for a log.");
  made->from = from;
  napi_value result;
  if (napi_create_external(env, made, finalize, NULL, &result) != napi_ok) {
    free(made);
    return refuse(env, "ERR_FOLLOWER_MEMORY", "The handle of the log cannot be made.");
  }
  napi_type_tag_object(env, result, &log_tag);
  return result;
}

static napi_value append(napi_env env, napi_callback_info info) {
  napi_value values[2];
  log* to = arguments(env, info, values);
  if (to == NULL) return NULL;
  void* bytes = NULL;
  size_t length = 0;
  bool is_buffer = false;
  if (napi_is_buffer(env, values[1], &is_buffer) != napi_ok || !is_buffer ||
      napi_get_buffer_info(env, values[1], &bytes, &length) != napi_ok) {
    return refuse(env, "ERR_FOLLOWER_BYTES", "The second argument must be a Buffer.");
  }
  if (length > SIZE_MAX / 2 - to->length || !reserve(to, to->length + length)) {
    return refuse(env, "ERR_FOLLOWER_MEMORY", "The allocator has no memory left for the log.");
  }
  if (length > 0) memcpy(to->bytes + to->length, bytes, length);
  to->length += length;
  return NULL;
}

static napi_value read_all(napi_env env, napi_callback_info info) {
  napi_value values[2];
  log* of = arguments(env, info, values);
  napi_value copy = NULL;
  if (of != NULL) napi_create_buffer_copy(env, of->length, of->bytes, NULL, &copy);
  return copy;
}

static napi_value clear(napi_env env, napi_callback_info info) {
  napi_value values[2];
  log* of = arguments(env, info, values);
  if (of != NULL) release(of);
  return NULL;
}

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"create", NULL, create, NULL, NULL, NULL, napi_enumerable, NULL},
      {"append", NULL, append, NULL, NULL, NULL, napi_enumerable, NULL},
      {"read", NULL, read_all, NULL, NULL, NULL, napi_enumerable, NULL},
      {"clear", NULL, clear, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof functions[0], functions);
  return exports;
}
