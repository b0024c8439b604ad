#include "allocators/jemalloc_ctl.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <type_traits>

namespace allomorph {
namespace {

// MALLCTL_ARENAS_ALL of jemalloc(3): the index that means every arena.
constexpr const char* purge_all_arenas = "arena.4096.purge";

template <class Value>
std::optional<Value> read(const JemallocApi& api, const char* key) {
  Value value{};
  size_t length = sizeof value;
  if (api.mallctl(key, &value, &length, nullptr, 0) != 0 || length != sizeof value) {
    return std::nullopt;
  }
  return value;
}

void advance_epoch(const JemallocApi& api) {
  uint64_t epoch = 1;
  size_t length = sizeof epoch;
  api.mallctl("epoch", &epoch, &length, &epoch, sizeof epoch);
}

// Unused pages of all arenas that the system has not got back. 0 also where that is not counted.
size_t unpurged_pages(const JemallocApi& api) {
  advance_epoch(api);
  return read<size_t>(api, "stats.arenas.4096.pdirty").value_or(0) +
         read<size_t>(api, "stats.arenas.4096.pmuzzy").value_or(0);
}

// An arena is passed over in silence while another thread purges it (decay->purging in jemalloc's
// pac.c), and that one, the background thread above all, may be giving back a part only. It is
// waited for: a little for anything that is left, which other threads may have freed in the
// meantime, and longer for much of what there was. Not without end: in a program whose threads free
// all the time something is left at each look, and the caller is an event loop.
constexpr int tries_for_little = 5;
constexpr int tries_for_much = 250;
constexpr size_t few_pages = 1024;
constexpr std::chrono::milliseconds between_tries{1};

}  // namespace

std::string jemalloc_version(const JemallocApi& api) {
  const auto version = jemalloc_string(api, "version");
  return version ? version->substr(0, version->find('-')) : std::string();
}

std::optional<JemallocStats> jemalloc_stats(const JemallocApi& api) {
  advance_epoch(api);
  const auto allocated = read<size_t>(api, "stats.allocated");
  const auto active = read<size_t>(api, "stats.active");
  const auto metadata = read<size_t>(api, "stats.metadata");
  const auto resident = read<size_t>(api, "stats.resident");
  const auto mapped = read<size_t>(api, "stats.mapped");
  const auto retained = read<size_t>(api, "stats.retained");
  if (!allocated || !active || !metadata || !resident || !mapped || !retained) return std::nullopt;
  return JemallocStats{*allocated, *active, *metadata, *resident, *mapped, *retained};
}

int jemalloc_purge(const JemallocApi& api) {
  const int flushed = api.mallctl("thread.tcache.flush", nullptr, nullptr, nullptr, 0);
  // EFAULT: this thread has no cache (tcache:false): nothing to flush.
  if (flushed != 0 && flushed != EFAULT) return flushed;
  const size_t little = std::max(unpurged_pages(api) / 4, few_pages);
  for (int done = 1;; done++) {
    const int failed = api.mallctl(purge_all_arenas, nullptr, nullptr, nullptr, 0);
    if (failed != 0) return failed;
    const size_t left = unpurged_pages(api);
    if (left == 0 || done >= (left > little ? tries_for_much : tries_for_little)) return 0;
    std::this_thread::sleep_for(between_tries);
  }
}

void jemalloc_start_background_thread(const JemallocApi& api) {
  if (api.is_process_malloc) return;
  const char* configured = std::getenv("ALLOMORPH_JE_MALLOC_CONF");
  if (configured != nullptr && std::strstr(configured, "background_thread") != nullptr) return;
  // One thread serves all arenas; the default is one per core.
  size_t threads = 1;
  api.mallctl("max_background_threads", nullptr, nullptr, &threads, sizeof threads);
  bool on = true;
  // Fails where the platform has no such threads: then memory goes back at
  // later allocator calls, or by purge().
  api.mallctl("background_thread", nullptr, nullptr, &on, sizeof on);
}

std::optional<bool> jemalloc_bool(const JemallocApi& api, const char* key) {
  return read<bool>(api, key);
}

std::optional<std::string> jemalloc_string(const JemallocApi& api, const char* key) {
  const auto value = read<const char*>(api, key);
  if (!value || *value == nullptr) return std::nullopt;
  return std::string(*value);
}

std::optional<unsigned> jemalloc_unsigned(const JemallocApi& api, const char* key) {
  return read<unsigned>(api, key);
}

std::optional<int64_t> jemalloc_ssize(const JemallocApi& api, const char* key) {
  const auto value = read<std::make_signed_t<size_t>>(api, key);
  return value ? std::optional<int64_t>(static_cast<int64_t>(*value)) : std::nullopt;
}

}  // namespace allomorph
