// Code compiled against one version of the header meets tables that were filled
// by another: what is laid out once stays where it is.

#include <doctest/doctest.h>

#include <cstddef>
#include <string_view>
#include <type_traits>

#include "abi/allomorph.h"

extern "C" {
size_t abi_size_in_c(void);
size_t copy_info_size_in_c(void);
size_t usable_size_offset_in_c(void);
allomorph_abi table_made_in_c(void);
}

namespace {

constexpr size_t pointer = sizeof(void*);

static_assert(ALLOMORPH_ABI_VERSION == 1);
static_assert(std::is_standard_layout_v<allomorph_abi>);
static_assert(std::is_trivially_copyable_v<allomorph_abi>);

static_assert(offsetof(allomorph_abi, version) == 0);
static_assert(offsetof(allomorph_abi, struct_size) == 4);
static_assert(offsetof(allomorph_abi, name) == 8);
static_assert(offsetof(allomorph_abi, allocate) == 8 + pointer);
static_assert(offsetof(allomorph_abi, deallocate) == 8 + 2 * pointer);
static_assert(offsetof(allomorph_abi, reallocate) == 8 + 3 * pointer);
static_assert(offsetof(allomorph_abi, reallocate_inplace) == 8 + 4 * pointer);
static_assert(offsetof(allomorph_abi, usable_size) == 8 + 5 * pointer);
static_assert(sizeof(allomorph_abi) == 8 + 6 * pointer);

static_assert(offsetof(allomorph_copy_info, abi_version) == 0);
static_assert(offsetof(allomorph_copy_info, package_version) == pointer);
static_assert(offsetof(allomorph_copy_info, path) == 2 * pointer);
static_assert(sizeof(allomorph_copy_info) == 3 * pointer);

}  // namespace

TEST_CASE("C and C++ agree on the layout") {
  CHECK(abi_size_in_c() == sizeof(allomorph_abi));
  CHECK(copy_info_size_in_c() == sizeof(allomorph_copy_info));
  CHECK(usable_size_offset_in_c() == offsetof(allomorph_abi, usable_size));
}

TEST_CASE("a table made in C is read in C++") {
  const allomorph_abi table = table_made_in_c();
  CHECK(table.version == ALLOMORPH_ABI_VERSION);
  CHECK(table.struct_size == sizeof(allomorph_abi));
  CHECK(std::string_view(table.name) == "c");
  CHECK(table.allocate(1, 1) == nullptr);
  CHECK((table.usable_size == nullptr));
}
