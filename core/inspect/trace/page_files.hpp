#pragma once
// The style and the script of the trace's page, as they stand in core/inspect/trace/page. The
// Makefile puts them into the program (core/inspect/trace/embed.sh), so that it needs no file
// beside it.

#include <string_view>
#include <vector>

namespace strata {

struct PageFile {
  std::string_view name;  // graph.js
  std::string_view text;
};

/// In the order of their names.
const std::vector<PageFile>& page_files();

}  // namespace strata
