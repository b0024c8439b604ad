#define _GNU_SOURCE
#define _DARWIN_C_SOURCE
#include <dlfcn.h>
#include <unwind.h>

#include "platform/stack.h"

struct walk {
  uintptr_t first;
  uintptr_t* frames;
  size_t most;
  size_t count;
  int found;
};

static _Unwind_Reason_Code visit(struct _Unwind_Context* context, void* argument) {
  struct walk* walk = argument;
  const uintptr_t address = _Unwind_GetIP(context);
  if (address == 0) return _URC_END_OF_STACK;
  if (address == walk->first && !walk->found) {
    walk->found = 1;
    walk->count = 0;
  }
  if (walk->count < walk->most) walk->frames[walk->count++] = address;
  return walk->count == walk->most && walk->found ? _URC_END_OF_STACK : _URC_NO_REASON;
}

void allomorph_stack_prepare(void) {
  uintptr_t frame;
  allomorph_stack(0, &frame, 1);
}

size_t allomorph_stack(uintptr_t first, uintptr_t* frames, size_t most) {
  struct walk walk = {first, frames, most, 0, first == 0};
  if (most != 0) _Unwind_Backtrace(visit, &walk);
  return walk.count;
}

allomorph_code allomorph_code_at(uintptr_t address) {
  Dl_info info;
  allomorph_code code = {NULL, address, NULL, 0};
  if (dladdr((void*)address, &info) == 0 || info.dli_fname == NULL) return code;
  code.module = info.dli_fname;
  code.module_offset = address - (uintptr_t)info.dli_fbase;
  code.symbol = info.dli_sname;
  if (info.dli_sname != NULL) code.symbol_offset = address - (uintptr_t)info.dli_saddr;
  return code;
}
