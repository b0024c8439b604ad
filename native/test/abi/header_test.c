/* The header as C11 sees it, compiled with -pedantic. */
#include "abi/allomorph.h"

static uint8_t* allocate(size_t size, size_t align) {
  (void)size;
  (void)align;
  return NULL;
}

size_t abi_size_in_c(void);
size_t copy_info_size_in_c(void);
size_t usable_size_offset_in_c(void);
allomorph_abi table_made_in_c(void);

size_t abi_size_in_c(void) {
  return sizeof(allomorph_abi);
}

size_t copy_info_size_in_c(void) {
  return sizeof(allomorph_copy_info);
}

size_t usable_size_offset_in_c(void) {
  return offsetof(allomorph_abi, usable_size);
}

allomorph_abi table_made_in_c(void) {
  const allomorph_abi table = {
      .version = ALLOMORPH_ABI_VERSION,
      .struct_size = (uint32_t)sizeof(allomorph_abi),
      .name = "c",
      .allocate = allocate,
  };
  return table;
}
