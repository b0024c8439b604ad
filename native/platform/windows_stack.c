#include <windows.h>

#include "platform/stack.h"

void allomorph_stack_prepare(void) {
}

size_t allomorph_stack(uintptr_t first, uintptr_t* frames, size_t most) {
  void* found[62];
  const size_t count = CaptureStackBackTrace(1, 62, found, NULL);
  size_t from = 0;
  while (from < count && (uintptr_t)found[from] != first) from++;
  if (from == count) from = 0;
  size_t kept = 0;
  while (kept < most && from + kept < count) {
    frames[kept] = (uintptr_t)found[from + kept];
    kept++;
  }
  return kept;
}

allomorph_code allomorph_code_at(uintptr_t address) {
  /* Names need dbghelp.dll, which allocates. */
  const allomorph_code code = {NULL, address, NULL, 0};
  return code;
}
