#include "core/io/utf8.hpp"

#include <doctest/doctest.h>

using namespace strata;

TEST_CASE("what is given to a terminal moves no cursor: control characters are written out") {
  CHECK(printable("ρ̂ of a 5×4, \"so\"\nnext line") == "ρ̂ of a 5×4, \"so\"\nnext line");
  CHECK(printable("\x1b[2J\x1b]0;title\x07") == "\\x1b[2J\\x1b]0;title\\x07");
  CHECK(printable("a\rb\tc\x7f") == "a\\x0db\\x09c\\x7f");
  CHECK(printable(std::string("\0", 1)) == "\\x00");
  CHECK(printable("\xC2\x9B"
                  "2J") == "\\x9b2J");  // a control sequence in one character
  CHECK(printable("\x9B"
                  "2J \xE2\x82") == "\\x9b2J \\xe2\\x82");  // no UTF-8
  CHECK(printable("\xC2\xA0") == "\xC2\xA0");               // a space that does not break
}
