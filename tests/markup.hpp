#pragma once
// Looking into pages and charts as text.

#include <string>
#include <vector>

namespace strata::testing {

/// How often `part` occurs in the text, without overlap.
inline std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
    ++found;
  return found;
}

inline bool contains(const std::string& text, const std::string& part) {
  return count(text, part) > 0;
}

/// The start tags of an element, whole.
inline std::vector<std::string> tags(const std::string& page, const std::string& name) {
  std::vector<std::string> found;
  for (std::size_t at = page.find("<" + name); at != std::string::npos; at = page.find("<" + name, at + 1)) {
    const char after = page[at + 1 + name.size()];
    if (after == ' ' || after == '>') found.push_back(page.substr(at, page.find('>', at) + 1 - at));
  }
  return found;
}

}  // namespace strata::testing
