#pragma once
// The page of `strata compare`: the table of all members, the same ten examples through every
// member, and every code as a map.

#include <string>

#include "pretraining/runs/compare.hpp"

namespace strata::pages {

/// HTML with everything inside it. Data may lack test rows, labels or pictures: what depends on
/// them is left out, and the page says so.
std::string compare_page(const CompareResults& results, const RunFacts& facts);

/// For people, in the table and in the terminal: "raw data", "PCA", or the kind.
std::string member_name(const CompareMember& member);

}  // namespace strata::pages
