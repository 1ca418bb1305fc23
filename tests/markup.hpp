#pragma once
// Looking into pages and charts as text.

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/check.hpp"
#include "tests/contains.hpp"

namespace strata::testing {

/// The start tags of an element, whole.
inline std::vector<std::string> tags(const std::string& page, const std::string& name) {
  std::vector<std::string> found;
  for (std::size_t at = page.find("<" + name); at != std::string::npos;
       at = page.find("<" + name, at + 1)) {
    const char after = page[at + 1 + name.size()];
    if (after == ' ' || after == '>') found.push_back(page.substr(at, page.find('>', at) + 1 - at));
  }
  return found;
}

/// The page without the bytes of its pictures, whose base64 may spell anything.
inline std::string without_pictures(std::string page) {
  for (std::size_t at = page.find(";base64,"); at != std::string::npos;
       at = page.find(";base64,", at + 1))
    page.erase(at + 8, page.find('"', at) - at - 8);
  return page;
}

/// What holds for every page: nothing from elsewhere, no number that is none, elements closed,
/// pictures with words.
inline void check_page(const std::string& page) {
  CHECK_FALSE(contains(page, "http:"));
  CHECK_FALSE(contains(page, "https:"));
  CHECK_FALSE(contains(page, "<script"));
  CHECK_FALSE(contains(page, "<link"));
  CHECK_FALSE(contains(page, "@import"));
  CHECK_FALSE(contains(without_pictures(page), "nan"));
  CHECK_FALSE(contains(page, ">inf"));
  for (const char* name : {"figure", "figcaption", "table", "section", "div", "p", "tr", "td", "th",
                           "svg", "b", "ul"}) {
    INFO(name);
    CHECK(tags(page, name).size() == count(page, text("</", name, ">")));
  }
  CHECK(tags(page, "figure").size() == tags(page, "figcaption").size());
  CHECK(tags(page, "table").size() == tags(page, "caption").size());
  for (const std::string& figcaption : tags(page, "figcaption"))
    CHECK(figcaption == "<figcaption>");
  CHECK_FALSE(contains(page, "<figcaption></figcaption>"));
  for (const std::string& image : tags(page, "img")) {
    CHECK(contains(image, "src=\"data:image/png;base64,"));
    CHECK(contains(image, "alt=\""));
    CHECK_FALSE(contains(image, "alt=\"\""));
    CHECK(contains(image, "width=\""));
    CHECK(contains(image, "height=\""));
  }
  for (const std::string& head : tags(page, "th")) CHECK(contains(head, "scope=\""));
  CHECK(page.size() < 3'000'000);
}

}  // namespace strata::testing
