// tests/checks/deps.sh (make deps): includes follow the arrows between the rooms.

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

#include "core/io/files.hpp"
#include "tests/contains.hpp"
#include "tests/scratch.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// A tree that has one file, which includes another.
struct Tree {
  Scratch scratch;
  std::string said;

  int check(const std::string& file, const std::string& included) {
    const std::filesystem::path path = scratch.file(file);
    for (const char* top : {"core", "layers", "autoencoders", "pretraining", "tests"})
      std::filesystem::create_directories(scratch.file(top));
    std::filesystem::create_directories(path.parent_path());
    write_file(path.string(), "#include \"" + included + "\"\n");
    const std::string out = scratch.file("out");
    const int status = std::system(
        ("sh tests/checks/deps.sh " + scratch.folder.string() + " > " + out + " 2>&1").c_str());
    said = read_file(out);
    std::filesystem::remove(path);
    return (status >> 8) & 0xff;
  }
};

}  // namespace

TEST_CASE("deps: an include against an arrow is found, with its line") {
  struct Case {
    const char *file, *included;
    int status;
  };
  Tree tree;
  for (const Case& c : {Case{"core/tensor.cpp", "layers/dense.hpp", 1},
                        {"core/autodiff/tape.cpp", "core/inspect/journal.hpp", 1},
                        {"core/inspect/journal.cpp", "core/autodiff/tape.hpp", 0},
                        {"pretraining/runs/rbm.cpp", "pretraining/pages/rbm.hpp", 1},
                        {"pretraining/pages/rbm.cpp", "pretraining/runs/rbm.hpp", 0},
                        {"pretraining/pages/rbm.cpp", "core/inspect/trace/trace.hpp", 0},
                        {"pretraining/greedy.cpp", "pretraining/cli/common.hpp", 1},
                        {"pretraining/strata.hpp", "pretraining/runs/rbm.hpp", 0},
                        {"pretraining/cli/common.cpp", "pretraining/cli/kinds/kinds.hpp", 1},
                        {"pretraining/cli/step/names.cpp", "pretraining/cli/kinds/kinds.hpp", 1},
                        {"pretraining/cli/main.cpp", "pretraining/cli/commands/commands.hpp", 0},
                        {"autoencoders/sparse.cpp", "dense.hpp", 1},
                        {"core/cellar/wine.cpp", "core/tensor.hpp", 1},
                        {"tests/core/tape_test.cpp", "pretraining/strata.hpp", 0}}) {
    CAPTURE(c.file);
    CHECK(tree.check(c.file, c.included) == c.status);
    if (c.status == 1) CHECK(contains(tree.said, c.file));
  }
}

TEST_CASE("deps: the project's own includes follow the arrows") {
  CHECK(std::system("sh tests/checks/deps.sh > /dev/null") == 0);
}
