// Two copies of the package in one process (two versions or two places in
// node_modules) load two addons. The one that was loaded first leads: its
// registry, backends and counters serve both.
#ifndef ALLOMORPH_CORE_COPIES_H
#define ALLOMORPH_CORE_COPIES_H

#include <string>

#include "abi/allomorph.h"

namespace allomorph {

struct LeadingCopy {
  std::string path;
  std::string package_version;
  bool is_this_one;
};

// The earliest loaded copy. Never fails: it is this one when there is no other.
LeadingCopy leading_copy();

// The global table of the leading copy; settles the choice there.
const allomorph_abi* leading_global_abi();

}  // namespace allomorph

#endif
