// tests/checks/links.sh: the links of README and docs.

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

#include "core/io/files.hpp"
#include "tests/contains.hpp"
#include "tests/scratch.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("links: a link that leads nowhere is found, with its line") {
  struct Case {
    const char *page, *wrong;  // the text of docs/guide/tape.md; what the check names
  };
  for (const Case& c :
       {Case{"# The tape\n[here](#the-tape), [contents](README.md), [top](../../README.md)\n", ""},
        Case{"# `f(x)`: a tape, twice\n[x](tape.md#fx-a-tape-twice)\n", ""},
        Case{"# The tape\n```\n[code](nowhere.md)\n```\nand `[code](nowhere.md)`\n", ""},
        Case{"# The tape\n\n[x](nowhere.md)\n", "tape.md:3: there is no docs/guide/nowhere.md"},
        Case{"# The tape\n[a](README.md) [b](../x.md)\n", "tape.md:2: there is no docs/x.md"},
        Case{"# The tape\n[x](#another)\n", "tape.md:2: no heading of docs/guide/tape.md"},
        Case{"# The tape\n[x](README.md#tape)\n", "no heading of docs/guide/README.md"}}) {
    const Scratch scratch;
    std::filesystem::create_directories(scratch.file("docs/guide"));
    write_file(scratch.file("README.md"), "[guide](docs/guide/README.md)\n");
    write_file(scratch.file("docs/guide/README.md"), "# Guide\n[tape](tape.md)\n");
    write_file(scratch.file("docs/guide/tape.md"), c.page);
    const auto check = [&scratch] {
      return std::system(("sh tests/checks/links.sh " + scratch.folder.string() + " > " +
                          scratch.file("out") + " 2>&1")
                             .c_str());
    };
    CAPTURE(c.page);
    CHECK((check() != 0) == (c.wrong[0] != '\0'));
    CHECK(contains(read_file(scratch.file("out")), c.wrong));

    write_file(scratch.file("docs/guide/README.md"), "# Guide\n");
    CHECK(check() != 0);
    CHECK(contains(read_file(scratch.file("out")), "does not list docs/guide/tape.md"));
  }
}

TEST_CASE("links: a page that the source names must exist") {
  const Scratch scratch;
  for (const char* folder : {"docs/guide", "core"})
    std::filesystem::create_directories(scratch.file(folder));
  write_file(scratch.file("README.md"), "");
  write_file(scratch.file("docs/guide/README.md"), "");
  write_file(scratch.file("core/tensor.hpp"), "// docs/guide/tensors.md\n");
  const std::string out = scratch.file("out");
  const std::string command = "sh tests/checks/links.sh " + scratch.folder.string() + " > " + out;
  CHECK(std::system(command.c_str()) != 0);
  CHECK(contains(read_file(out), "core/tensor.hpp:1: there is no docs/guide/tensors.md"));
}

TEST_CASE("links: those of the project lead somewhere") {
  CHECK(std::system("sh tests/checks/links.sh > /dev/null") == 0);
}
