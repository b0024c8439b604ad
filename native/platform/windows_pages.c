#include <windows.h>

#include "platform/pages.h"

size_t allomorph_page_size(void) {
  SYSTEM_INFO info;
  GetSystemInfo(&info);
  return info.dwPageSize;
}

void* allomorph_map_pages(size_t size) {
  return VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

void allomorph_unmap_pages(void* pages, size_t size) {
  (void)size;
  VirtualFree(pages, 0, MEM_RELEASE);
}

int allomorph_forbid_pages(void* pages, size_t size) {
  DWORD before;
  return VirtualProtect(pages, size, PAGE_NOACCESS, &before) ? 0 : -1;
}

int allomorph_permit_pages(void* pages, size_t size) {
  DWORD before;
  return VirtualProtect(pages, size, PAGE_READWRITE, &before) ? 0 : -1;
}

size_t allomorph_most_mappings(void) {
  return 0;
}

void allomorph_yield(void) {
  SwitchToThread();
}
