#pragma once
// The page of `strata compare`: the table of the family, the same ten examples through every
// member, and every code as a map.

#include <string>

#include "pretraining/runs/compare.hpp"

namespace strata {

struct FamilyPageFacts {
  std::string version, command_line;
};

/// HTML with everything inside it. Holds without test rows, labels or pictures; what cannot be had
/// is left out and named.
std::string family_page(const Family& family, const FamilyPageFacts& facts);

namespace report {

/// For people, in the table and in the terminal: "raw data", "PCA", or the kind.
std::string member_name(const FamilyMember& member);

// ---- the pictures; each is empty where the data have not what it needs
/// Test error to the right, accuracy by neighbours upwards: what reconstructs best need not
/// classify best.
std::string error_and_neighbours(const Family& family);
/// The same examples through every member.
std::string family_strips(const Family& family);
/// The codes of every member on a plane.
std::string family_maps(const Family& family);

}  // namespace report
}  // namespace strata
