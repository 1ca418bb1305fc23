#pragma once
// The few lines of source that a trace shows: those of the rules, and those around the lines that
// made the nodes.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/io/json.hpp"

namespace strata {

/// Lines, counted from 1, the last one included.
struct LineRange {
  int first = 0, last = 0;
};

/// Where files are looked for: in the present folder, and because their names are relative to the
/// project's, in that of the program and those above it (build/strata, build/debug/strata).
std::vector<std::string> usual_source_folders();

class Sources {
 public:
  /// Files are looked for in these folders, in this order.
  explicit Sources(std::vector<std::string> folders) : folders_(std::move(folders)) {}

  /// Remembers lines of a file, as far as it has them.
  void take(const std::string& path, LineRange range);

  /// {"layers/dense.cpp": {"17": "text of line 17", …}}; null for a file that was not found.
  Json to_json() const;

 private:
  struct File {
    bool found = false;
    std::vector<std::string> lines;  // lines[0] is line 1
    std::set<int> taken;
  };
  File& file(const std::string& path);

  std::vector<std::string> folders_;
  std::map<std::string, File> files_;
};

}  // namespace strata
