#include "table.h"

const char* table_of(napi_env env, napi_value value, const allomorph_abi** table) {
  uint64_t address = 0;
  bool lossless = false;
  if (napi_get_value_bigint_uint64(env, value, &address, &lossless) != napi_ok || !lossless ||
      address == 0) {
    return "The allocator must be the BigInt that allomorph's abiTable(allocator) returns.";
  }
  const allomorph_abi* found = (const allomorph_abi*)(uintptr_t)address;
  /* In this order: only the first two fields are the same in every version. */
  if (found->version != ALLOMORPH_ABI_VERSION) {
    return "The allocator's table has another ABI version than this addon was built for: rebuild "
           "the addon with the allomorph.h of the installed package.";
  }
  /* Longer is a newer one with fields that this addon does not know; shorter lacks some it would
   * call. */
  if (found->struct_size < sizeof(allomorph_abi)) {
    return "The allocator's table lacks functions that this addon was built for: update allomorph.";
  }
  *table = found;
  return NULL;
}
