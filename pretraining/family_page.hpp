#pragma once
// The page of `strata compare`: the table of the family, the same ten examples through every member, and every code as a map.

#include <string>

#include "pretraining/family.hpp"

namespace strata {

struct FamilyPageFacts {
  std::string version, command_line;
};

/// HTML with everything inside it. Holds without test rows, labels or pictures; what cannot be had is left out and named.
std::string family_page(const Family& family, const FamilyPageFacts& facts);

namespace report {

/// For people, in the table and in the terminal: "raw data", "PCA", or the kind.
std::string member_name(const FamilyMember& member);

}  // namespace report
}  // namespace strata
