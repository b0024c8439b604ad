#include "allocators/shared_library.h"

#include <mutex>
#include <vector>

#include "compose/malloc_family.h"
#include "compose/table.h"
#include "core/open_backends.h"
#include "core/registry.h"
#include "platform/platform.h"

namespace allomorph {
namespace {

struct Loaded {
  void* handle;
  std::string path;
  std::string prefix;
  std::string identity;
  const Backend* backend;
};

// Never destroyed: threads may still ask while the process exits.
struct Libraries {
  std::mutex mutex;
  std::vector<Loaded> loaded;
};

Libraries& libraries() {
  static auto* instance = new Libraries;
  return *instance;
}

// Looks functions up and remembers the first that was wanted and is not there.
class Symbols {
 public:
  Symbols(void* handle, const LibraryRequest& request) : handle_(handle), request_(request) {
  }

  template <class Function>
  bool find(const char* name, Function** result) const {
    const std::string symbol = request_.prefix + name;
    *result =
        reinterpret_cast<Function*>(platform::own_symbol(handle_, request_.path, symbol.c_str()));
    return *result != nullptr;
  }

  template <class Function>
  void need(const char* name, Function** result) {
    if (!find(name, result) && missing_.empty()) missing_ = request_.prefix + name;
  }

  void fail(const char* name) {
    if (missing_.empty()) missing_ = request_.prefix + name;
  }

  const std::string& missing() const {
    return missing_;
  }

 private:
  void* handle_;
  const LibraryRequest& request_;
  std::string missing_;
};

allomorph_allocator* five_functions(Symbols& symbols) {
  // For ever, as the backend.
  auto* table = new allomorph_abi{};
  table->version = ALLOMORPH_ABI_VERSION;
  table->struct_size = sizeof(allomorph_abi);
  table->name = "library";
  symbols.need("allocate", &table->allocate);
  symbols.need("deallocate", &table->deallocate);
  symbols.need("reallocate", &table->reallocate);
  symbols.need("reallocate_inplace", &table->reallocate_inplace);
  symbols.need("usable_size", &table->usable_size);
  if (symbols.missing().empty()) return allomorph_table_allocator(table);
  delete table;
  return nullptr;
}

allomorph_allocator* malloc_family(Symbols& symbols) {
  allomorph_malloc_family family{};
  symbols.need("malloc", &family.malloc);
  symbols.need("free", &family.free);
  symbols.need("realloc", &family.realloc);
  const bool has_aligned = symbols.find("posix_memalign", &family.posix_memalign) ||
                           symbols.find("memalign", &family.memalign) ||
                           symbols.find("aligned_alloc", &family.aligned_alloc);
  if (!has_aligned) symbols.fail("posix_memalign");
  return symbols.missing().empty() ? allomorph_malloc_family_allocator(&family) : nullptr;
}

Library open_locked(void* handle, const LibraryRequest& request) {
  Symbols symbols(handle, request);
  allomorph_allocator* leaf = request.is_malloc ? malloc_family(symbols) : five_functions(symbols);
  if (!symbols.missing().empty()) {
    return {nullptr, LibraryStatus::missing_symbol, symbols.missing()};
  }
  if (leaf == nullptr) return {nullptr, LibraryStatus::no_place, {}};
  Chain chain;
  chain.links[0] = leaf;
  // Its one user is the library, which stays.
  const Backend* backend = open_backend(chain, request.name, {});
  if (backend == nullptr) {
    allomorph_destroy(leaf);
    return {nullptr, LibraryStatus::no_place, {}};
  }
  libraries().loaded.push_back({handle, request.path, request.prefix, request.identity, backend});
  return {backend, LibraryStatus::ok, {}};
}

// --- ALLOMORPH_ALLOCATOR, also when nobody has loaded any JavaScript yet.

struct Form {
  const char* prefix;
  bool is_malloc;
};
// In the order of lib/libraries/interface.ts.
constexpr Form forms[] = {
    {"__rust_", false}, {"", true}, {"je_", true}, {"mi_", true}, {"tc_", true}, {"rp", true},
};

std::string file_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

LibraryBackend load_for_environment(const std::string& path) {
  Library first{};
  for (const Form& form : forms) {
    Library library =
        load_library_backend({path, file_name(path), form.prefix, form.is_malloc, {}});
    if (library.backend != nullptr) return {library.backend, {}};
    if (library.status == LibraryStatus::not_loadable) return {nullptr, library.detail};
    if (library.status == LibraryStatus::no_place) return {nullptr, "memory is exhausted"};
    if (first.detail.empty()) first = std::move(library);
  }
  return {nullptr, "it defines neither the five functions (no " + first.detail +
                       ") nor malloc, free, realloc and an aligned allocation"};
}

const bool registered = (set_library_loader(load_for_environment), true);

}  // namespace

Library load_library_backend(const LibraryRequest& request) {
  const std::lock_guard guard(libraries().mutex);
  platform::LoadedLibrary library = platform::load_library(request.path);
  if (library.handle == nullptr) {
    return {nullptr, LibraryStatus::not_loadable, std::move(library.error)};
  }
  if (platform::own_symbol(library.handle, request.path, "allomorph_copy") != nullptr) {
    return {nullptr, LibraryStatus::not_loadable,
            "it is the addon of allomorph itself, whose functions go to the global allocator"};
  }
  for (const Loaded& each : libraries().loaded) {
    if (each.handle == library.handle && each.prefix == request.prefix) {
      return {each.backend, LibraryStatus::ok, {}};
    }
  }
  return open_locked(library.handle, request);
}

KnownLibrary known_library(const std::string& path, const std::string& prefix) {
  const std::lock_guard guard(libraries().mutex);
  for (const Loaded& each : libraries().loaded) {
    if (each.path == path && each.prefix == prefix) return {each.backend, each.identity};
  }
  return {nullptr, {}};
}

}  // namespace allomorph
