/*
 * Which library defines a function as the process calls it. C, and used by the
 * preloaded check too: the one file that native/preload shares with the rest.
 */
#ifndef ALLOMORPH_PLATFORM_LINUX_SYMBOLS_H
#define ALLOMORPH_PLATFORM_LINUX_SYMBOLS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Writes the absolute path of the library (or executable) that calls of `symbol`
 * reach. 0 on success; -1 when no loaded object defines it or the buffer is too
 * small.
 *
 * Deliberately more than dladdr(dlsym(RTLD_DEFAULT, symbol)): in an executable
 * that is not position-independent and takes the function's address, as Node
 * does with malloc, that is the executable's own PLT entry.
 */
__attribute__((visibility("hidden"))) int allomorph_defining_library(const char* symbol, char* path,
                                                                     size_t size);

#ifdef __cplusplus
}
#endif

#endif
