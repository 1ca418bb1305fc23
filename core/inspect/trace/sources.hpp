#pragma once
// The few lines of source that a trace shows: those of a rule, and those around the line that made
// a node.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/autodiff/tape.hpp"
#include "core/io/json.hpp"

namespace strata {

/// Lines, counted from 1, the last one included; 0 where there are none.
struct LineRange {
  int first = 0, last = 0;
};

/// Where the parts of a rule stand, as far as they are found by their names: NAME_forward,
/// NAME_backward.
struct RulePlaces {
  LineRange forward, backward;
  // For each operand: the line of backward that adds to its gradient; 0 unknown
  std::vector<int> adds;
};

/// Where they are looked for: in the present folder, and because their names are relative to the
/// project's, in that of the program and those above it (build/strata, build/debug/strata).
std::vector<std::string> usual_source_folders();

class Sources {
 public:
  /// Files are looked for in these folders, in this order.
  explicit Sources(std::vector<std::string> folders) : folders_(std::move(folders)) {}

  /// Remembers the lines of the rule, with the comment above it, and says where its parts are.
  RulePlaces take_rule(const Op& op, std::size_t operands);
  /// Remembers the lines around a site.
  void take_around(const Site& site, int lines_on_each_side);

  /// {"layers/dense.cpp": {"17": "text of line 17", …}}; null for a file that was not found.
  Json to_json() const;

 private:
  struct File {
    bool found = false;
    std::vector<std::string> lines;  // lines[0] is line 1
    std::set<int> taken;
  };
  File& file(const std::string& path);
  static void take(File& file, LineRange range);

  std::vector<std::string> folders_;
  std::map<std::string, File> files_;
};

}  // namespace strata
