// Loads counters.so as Node loads an addon, and calls it:
//   counters LIBRARY BACKEND TABLE

#include <dlfcn.h>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s LIBRARY BACKEND TABLE\n", argv[0]);
    return 2;
  }
  void* library = dlopen(argv[1], RTLD_LAZY);
  if (library == nullptr) {
    std::fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  auto* run = reinterpret_cast<int (*)(const char*, const char*)>(dlsym(library, "bench_counters"));
  if (run == nullptr) {
    std::fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  return run(argv[2], argv[3]);
}
