/* Return addresses, and what lies at them. Plain C, nothing here allocates: a debugging allocator
 * asks. */
#ifndef ALLOMORPH_PLATFORM_STACK_H
#define ALLOMORPH_PLATFORM_STACK_H

#include <stddef.h>
#include <stdint.h>
#if defined(_MSC_VER)
#include <intrin.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Where the function it is written in was called. */
#if defined(_MSC_VER)
#define ALLOMORPH_CALLER() ((uintptr_t)_ReturnAddress())
#else
#define ALLOMORPH_CALLER() ((uintptr_t)__builtin_return_address(0))
#endif

/* Loads what the unwinder needs, which may allocate: before the first allocation that is watched.
 */
void allomorph_stack_prepare(void);

/* Return addresses of the calling thread from `first` outwards, at most `most`; all of the stack
   when `first` is not on it. Stops at code without unwind information, as V8 compiles it. Result:
   how many. */
size_t allomorph_stack(uintptr_t first, uintptr_t* frames, size_t most);

typedef struct allomorph_code {
  const char* module; /* path of the library or executable; null: not known */
  uintptr_t module_offset;
  const char* symbol; /* null: none that is exported lies before the address */
  uintptr_t symbol_offset;
} allomorph_code;

/* For messages. The strings live as long as their module is loaded. */
allomorph_code allomorph_code_at(uintptr_t address);

#ifdef __cplusplus
}
#endif

#endif
