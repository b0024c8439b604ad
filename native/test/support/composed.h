// Building blocks over the allocators of a test, taken down when it ends.
#ifndef ALLOMORPH_TEST_COMPOSED_H
#define ALLOMORPH_TEST_COMPOSED_H

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include "compose/bump.h"
#include "compose/counted.h"
#include "compose/failing.h"
#include "compose/fallback.h"
#include "compose/limited.h"
#include "compose/segregated.h"
#include "compose/table.h"
#include "support/class_allocator.h"
#include "support/each_backend.h"
#include "support/nothing_left.h"

namespace allomorph::test {

// Destroys what it made, the last first: what stands in front before what is behind.
class Composition {
 public:
  Composition() = default;
  Composition(const Composition&) = delete;
  Composition& operator=(const Composition&) = delete;
  ~Composition() {
    while (!made_.empty()) {
      allomorph_destroy(made_.back());
      made_.pop_back();
    }
  }

  allomorph_allocator* add(allomorph_allocator* allocator) {
    REQUIRE(allocator != nullptr);
    made_.push_back(allocator);
    return allocator;
  }
  allomorph_allocator* leaf(const Backend& backend) {
    return add(allomorph_table_allocator(&backend.abi));
  }

 private:
  std::vector<allomorph_allocator*> made_;
};

struct Recipe {
  std::string name;
  std::function<allomorph_allocator*(Composition&, const Backend&)> make;
};

// Each block over one backend, and blocks over blocks.
inline std::vector<Recipe> each_recipe() {
  using A = allomorph_allocator;
  const auto limited = [](Composition& c, A* behind) {
    return c.add(allomorph_limited(behind, SIZE_MAX / 8));
  };
  const auto counted = [](Composition& c, A* behind) { return c.add(allomorph_counted(behind)); };
  const auto bump = [](Composition& c, A* behind) { return c.add(allomorph_bump(behind, 65536)); };
  // Half of the blocks come from the second.
  const auto fallback = [](Composition& c, A* first, A* second) {
    A* half = c.add(allomorph_failing(first, UINT64_MAX, 0.5, 7));
    return c.add(allomorph_fallback(half, second));
  };
  const auto segregated = [](Composition& c, A* small, A* large) {
    return c.add(allomorph_segregated(1000, small, large));
  };
  return {
      {"limited", [=](Composition& c, const Backend& b) { return limited(c, c.leaf(b)); }},
      {"counted", [=](Composition& c, const Backend& b) { return counted(c, c.leaf(b)); }},
      {"failing",
       [=](Composition& c, const Backend& b) {
         return c.add(allomorph_failing(c.leaf(b), UINT64_MAX, 0, 0));
       }},
      {"bump", [=](Composition& c, const Backend& b) { return bump(c, c.leaf(b)); }},
      {"fallback",
       [=](Composition& c, const Backend& b) { return fallback(c, c.leaf(b), c.leaf(b)); }},
      {"fallback with a bump",
       [=](Composition& c, const Backend& b) {
         return fallback(c, c.leaf(b), bump(c, c.leaf(b)));
       }},
      {"segregated",
       [=](Composition& c, const Backend& b) { return segregated(c, c.leaf(b), c.leaf(b)); }},
      {"segregated with a bump",
       [=](Composition& c, const Backend& b) {
         return segregated(c, bump(c, c.leaf(b)), c.leaf(b));
       }},
      {"limited counted fallback of segregated and bump",
       [=](Composition& c, const Backend& b) {
         A* first = segregated(c, c.leaf(b), limited(c, c.leaf(b)));
         return limited(c, counted(c, fallback(c, first, bump(c, counted(c, c.leaf(b))))));
       }},
      {"segregated of fallback and fallback",
       [=](Composition& c, const Backend& b) {
         A* small = fallback(c, counted(c, c.leaf(b)), segregated(c, c.leaf(b), c.leaf(b)));
         return segregated(c, small, fallback(c, bump(c, c.leaf(b)), c.leaf(b)));
       }},
  };
}

// The backends of the build, and one that notices when it is told a wrong size.
inline std::vector<const Backend*> each_leaf() {
  std::vector<const Backend*> found = each_backend();
  found.push_back(&system_like);
  return found;
}

// Runs test(composition, allocator) for each recipe over each leaf, and looks at what it left.
template <class Test>
void each_composition(Test test) {
  for (const Backend* backend : each_leaf()) {
    CAPTURE(backend->abi.name);
    for (const Recipe& recipe : each_recipe()) {
      CAPTURE(recipe.name);
      const NothingLeft nothing_left;
      {
        Composition composition;
        test(composition, recipe.make(composition, *backend));
      }
      CHECK(SystemLike::mistakes == 0);
      CHECK(SystemLike::live_blocks() == 0);
    }
  }
}

}  // namespace allomorph::test

#endif
