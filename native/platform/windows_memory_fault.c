#include <windows.h>

#include "platform/memory_fault.h"

static allomorph_memory_fault_function listener;

static LONG CALLBACK handle(EXCEPTION_POINTERS* exception) {
  const EXCEPTION_RECORD* record = exception->ExceptionRecord;
  if (record->ExceptionCode == EXCEPTION_ACCESS_VIOLATION && record->NumberParameters >= 2) {
    listener((uintptr_t)record->ExceptionInformation[1], (uintptr_t)record->ExceptionAddress);
  }
  return EXCEPTION_CONTINUE_SEARCH;
}

/* Vectored handlers are a list: nobody takes another's place. */
void allomorph_keep_memory_fault(void) {
}

int allomorph_on_memory_fault(allomorph_memory_fault_function function) {
  if (InterlockedCompareExchangePointer((PVOID*)&listener, (PVOID)function, NULL) != NULL) return 0;
  return AddVectoredExceptionHandler(1, handle) == NULL ? -1 : 0;
}
