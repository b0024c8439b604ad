#include "sort.h"

static void swap(void** items, size_t first, size_t second) {
  void* item = items[first];
  items[first] = items[second];
  items[second] = item;
}

static void sift_down(void** items, size_t root, size_t count,
                      int (*compare)(const void*, const void*)) {
  for (size_t child; (child = 2 * root + 1) < count; root = child) {
    if (child + 1 < count && compare(items[child], items[child + 1]) < 0) child++;
    if (compare(items[root], items[child]) >= 0) return;
    swap(items, root, child);
  }
}

void sort_pointers(void** items, size_t count, int (*compare)(const void*, const void*)) {
  for (size_t root = count / 2; root-- > 0;) sift_down(items, root, count, compare);
  for (size_t end = count; end-- > 1;) {
    swap(items, 0, end);
    sift_down(items, 0, end, compare);
  }
}
