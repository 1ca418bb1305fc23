#pragma once
// Pages of the trace: what stands in one, and where the browser's test finds it.

#include <cstdlib>

#include "core/io/files.hpp"
#include "core/io/json.hpp"

namespace strata::testing {

/// The data as they stand in the page.
inline Json data_of(const std::string& page) {
  const std::string open = "<script type=\"application/json\" id=\"trace\">";
  const std::size_t begin = page.find(open) + open.size();
  return parse_json(page.substr(begin, page.find("</script>", begin) - begin), "page");
}

/// Where tests/checks/trace_page.sh waits for pages that the program does not write.
inline void leave_for_the_browser(const std::string& name, const std::string& page) {
  const char* folder = std::getenv("STRATA_TRACE_PAGES");
  if (folder != nullptr) write_file(std::string(folder) + "/" + name, page);
}

}  // namespace strata::testing
