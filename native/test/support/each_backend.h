// The backends that the build under test has, and the sizes to test them with.
#ifndef ALLOMORPH_TEST_EACH_BACKEND_H
#define ALLOMORPH_TEST_EACH_BACKEND_H

#include <vector>

#include "core/backend.h"

namespace allomorph::test {

inline std::vector<const Backend*> each_backend() {
  std::vector<const Backend*> found;
  for (size_t index = 0; index < built_in_backends; index++) {
    const Backend* backend = find_backend(static_cast<BackendId>(index));
    if (backend != nullptr) found.push_back(backend);
  }
  return found;
}

}  // namespace allomorph::test

#endif
