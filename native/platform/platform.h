// The whole contract with the operating system. One implementation per
// platform (linux.cc, darwin.cc, windows.cc; posix_heap.cc serves the first
// two); no OS #ifdef stands anywhere else.
#ifndef ALLOMORPH_PLATFORM_PLATFORM_H
#define ALLOMORPH_PLATFORM_PLATFORM_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platform/min_align.h"

namespace allomorph::platform {

inline constexpr size_t min_align = ALLOMORPH_MIN_ALIGN;

// jemalloc aligns a size class to the largest power of two that divides it, so
// an 8-byte class is aligned to 8 only. "align <= min_align" alone is the
// historic bug of rust-lang/rust PR 46117; the second half is what cures it.
inline constexpr bool naturally_aligned(size_t size, size_t align) {
  return align <= min_align && align <= size;
}

// --- The C library's heap. Preconditions: size > 0, align a power of two, ptr
// --- from heap_allocate with the same align. Thread-safe. Null: exhausted.

uint8_t* heap_allocate(size_t size, size_t align);
void heap_deallocate(uint8_t* ptr, size_t align);
// On null the old block is intact.
uint8_t* heap_reallocate(uint8_t* ptr, size_t old_size, size_t size, size_t align);
// Result: the usable size the block now has; old_size where nothing can be done.
size_t heap_reallocate_inplace(uint8_t* ptr, size_t old_size, size_t size, size_t align);

// What the C library's malloc says about itself (bytes), where it can tell.
struct HeapStats {
  size_t arena_bytes;       // taken from the system by brk/sbrk and arenas
  size_t mapped_bytes;      // taken from the system by mmap, one block each
  size_t mapped_blocks;     // how many of those
  size_t allocated_bytes;   // in use by the program
  size_t free_bytes;        // held free inside the arenas
  size_t releasable_bytes;  // free at the top of the main arena
};
// nullopt: this C library has no such call (musl, macOS, Windows, glibc < 2.33).
std::optional<HeapStats> heap_stats();
// Gives free memory back to the system. nullopt: no such call here; false:
// there was nothing to give back.
std::optional<bool> heap_trim();

// --- Loaded code.

// Absolute path of the library or executable whose code `address` lies in;
// empty when none.
std::string library_of(const void* address);
// The same for the function that calls of `symbol` reach in this process.
std::string library_defining(const char* symbol);
// A symbol as the whole process sees it (preloads first); null when absent.
void* process_symbol(const char* name);
// Paths of the loaded libraries, in the order in which they were loaded.
std::vector<std::string> loaded_libraries();
// A symbol of one library that is loaded already; null when either is absent.
void* library_symbol(const std::string& path, const char* name);

// A library that stays loaded for ever, its symbols seen by nobody who does not ask for them.
struct LoadedLibrary {
  void* handle;       // the same for the same file; null: `error` says why
  std::string error;  // in the words of the dynamic linker
};
// Runs the initialisers of the library and of those it depends on.
LoadedLibrary load_library(const std::string& path);
// What a loaded library defines itself, and not one that it depends on; null when it does not.
void* own_symbol(void* library, const std::string& path, const char* name);

// --- The C library and the process.

// "glibc", "musl", "libSystem", "ucrt"; version empty where it cannot be asked.
struct LibcInfo {
  std::string name;
  std::string version;
};
LibcInfo libc();

// A change to one variable of a new environment.
struct Change {
  enum class Place {
    behind,     // the user's value, separator, text
    before,     // text, separator, the user's value
    if_absent,  // text, where the user has none
    last        // text, in a new entry behind all others
  };
  std::string name;
  std::string text;
  std::string separator;
  Place place;
};

// Replaces the process image by `file`, with the environment changed by
// `changes`: present variables where they stand, new ones behind, in this order.
// The arguments are those of this process's own command line, byte for byte as
// they were given: all, or the last as many as `arguments` has; where that cannot
// be read or has been overwritten (node --title), `arguments`.
//
// What Node has changed of the process since it started is put back first, as it
// would survive: inherited descriptors marked close-on-exec, SIGPIPE and SIGXFSZ
// ignored.
//
// Returns only on failure, with errno; ENOSYS where the platform has no such call.
struct Replacement {
  std::string file;
  std::vector<std::string> arguments;
  // Starts this very program again: with all of its command line, and with the
  // environment that it was started with instead of the present one.
  bool same_program;
  // How many words the command line of this process has, as Node sees it.
  size_t command_line_length;
  std::vector<Change> changes;
};
int replace_process(const Replacement& replacement);

// A pipe whose two ends children do not inherit: { read, write }. Node makes
// socket pairs for the streams of its children, which a program cannot open again
// by /dev/stdout. nullopt: none could be made, or the platform has none.
std::optional<std::pair<int, int>> open_pipe();

// Bytes.
size_t page_size();

// The value of an extended attribute; nullopt: it has none, or cannot be asked.
std::optional<std::string> file_attribute(const std::string& path, const char* name);

}  // namespace allomorph::platform

#endif
