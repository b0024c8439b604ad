/* Being told of accesses to memory that may not be accessed, before the process dies of them. */
#ifndef ALLOMORPH_PLATFORM_MEMORY_FAULT_H
#define ALLOMORPH_PLATFORM_MEMORY_FAULT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Runs in a signal handler: may do what a signal handler may. `code` is the address of the
   instruction, 0 where it is not known. */
typedef void (*allomorph_memory_fault_function)(uintptr_t address, uintptr_t code);

/*
 * Calls the function at every such access from now on; what handled them before is called
 * afterwards, so that the process goes on, or dies, as it would have. Of several calls the first
 * counts. Non-zero: the system refused.
 */
int allomorph_on_memory_fault(allomorph_memory_fault_function function);

/*
 * Calls it first again where somebody has put a handler of their own in its place since; that one
 * is called afterwards. To be called now and then: nobody tells of such a change. Does nothing
 * before allomorph_on_memory_fault. Keeps errno.
 */
void allomorph_keep_memory_fault(void);

#ifdef __cplusplus
}
#endif

#endif
