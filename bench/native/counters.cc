// One sample of suite `counters`: a loop of allocate and deallocate through one
// table of one backend. In the shared library, beside the code it calls; see
// bench/suites/counters-build.ts.

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string_view>

#include "core/backend.h"

namespace {

constexpr size_t block_size = 64;
constexpr size_t block_align = 16;
// As in bench/harness/timing.ts.
constexpr double target_nanoseconds = 300e6;

double elapsed_in(const allomorph_abi& table, uint64_t count) {
  const auto start = std::chrono::steady_clock::now();
  for (uint64_t done = 0; done < count; done++) {
    uint8_t* block = table.allocate(block_size, block_align);
    table.deallocate(block, block_size, block_align);
  }
  const std::chrono::duration<double, std::nano> elapsed = std::chrono::steady_clock::now() - start;
  return elapsed.count();
}

int print_sample(const allomorph_abi& table) {
  uint64_t count = 1000;
  double elapsed = elapsed_in(table, count);
  while (elapsed < target_nanoseconds / 2) {
    count *= 2;
    elapsed = elapsed_in(table, count);
  }
  const auto operations =
      static_cast<uint64_t>(std::ceil(static_cast<double>(count) * target_nanoseconds / elapsed));
  std::printf("{\"nanoseconds\":%.0f,\"operations\":%llu}\n", elapsed_in(table, operations),
              static_cast<unsigned long long>(operations));
  return 0;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int bench_counters(const char* backend_name,
                                                                     const char* table_name) {
  const allomorph::Backend* backend = allomorph::find_backend(std::string_view(backend_name));
  if (backend == nullptr) {
    std::fprintf(stderr, "no backend \"%s\" in this build\n", backend_name);
    return 1;
  }
  const std::string_view table(table_name);
  if (table == "abi") return print_sample(backend->abi);
  if (table == "uncounted") return print_sample(backend->uncounted);
  std::fprintf(stderr, "no table \"%s\"; valid: abi, uncounted\n", table_name);
  return 1;
}
