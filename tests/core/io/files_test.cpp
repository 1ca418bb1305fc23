#include "core/io/files.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/check_close.hpp"
#include "tests/scratch.hpp"

namespace fs = std::filesystem;
using namespace strata::testing;
using strata::make_folder;
using strata::read_file;
using strata::write_file;

TEST_CASE("files: bytes come back unchanged, and nothing else is left in the folder") {
  const Scratch scratch;
  std::string bytes = "line\r\n\n";
  for (int i = 0; i < 256; ++i) bytes += char(i);
  for (int i = 0; i < 12; ++i) bytes += bytes;  // more than one block
  write_file(scratch.file("a"), bytes);
  CHECK(read_file(scratch.file("a")) == bytes);
  write_file(scratch.file("a"), "short");
  CHECK(read_file(scratch.file("a")) == "short");
  write_file(scratch.file("a"), "");
  CHECK(read_file(scratch.file("a")).empty());
  CHECK(scratch.entries() == 1);
}

TEST_CASE("files: another writer's temporary is not touched") {
  const Scratch scratch;
  std::ofstream(scratch.file("a.tmp1")) << "theirs";
  write_file(scratch.file("a"), "ours");
  CHECK(read_file(scratch.file("a")) == "ours");
  CHECK(read_file(scratch.file("a.tmp1")) == "theirs");
  CHECK(scratch.entries() == 2);
}

TEST_CASE("files: a link is followed, permissions are kept") {
  const Scratch scratch;
  write_file(scratch.file("real"), "old");
  fs::permissions(scratch.file("real"), fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("real", scratch.file("link"));
  write_file(scratch.file("link"), "new");
  CHECK(fs::is_symlink(scratch.file("link")));
  CHECK(read_file(scratch.file("real")) == "new");
  CHECK(fs::status(scratch.file("real")).permissions() ==
        (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("files: what cannot be read is named") {
  const Scratch scratch;
  CHECK(error_of([&] { read_file(scratch.file("none")); }) ==
        scratch.file("none") + ": no such file");
  CHECK(error_of([&] { read_file(""); }) == "'': no such file");
  const std::string folder = scratch.folder.string();
  CHECK(error_of([&] { read_file(folder); }) == folder + ": is a folder, a file is needed");
}

TEST_CASE("files: what cannot be written is named, and the reason") {
  const Scratch scratch;
  const std::string folder = scratch.folder.string();
  CHECK(error_of([&] { write_file(folder, "x"); }) ==
        folder + ": is a folder, a file name is needed");
  CHECK(error_of([&] { write_file("", "x"); }) == "write_file: the file name is empty");
  CHECK(error_of([&] { write_file(scratch.file("no/a"), "x"); }) ==
        scratch.file("no/a") + ": cannot be written (folder " + scratch.file("no") +
            " does not exist)");
  write_file(scratch.file("file"), "x");
  CHECK(error_of([&] { write_file(scratch.file("file/a"), "x"); }) ==
        scratch.file("file/a") + ": cannot be written (" + scratch.file("file") +
            " is not a folder)");
  const std::string long_name(300, 'a');
  CHECK(error_of([&] { write_file(scratch.file(long_name), "x"); }).find("cannot be written (") !=
        std::string::npos);
  CHECK(scratch.entries() == 1);
}

TEST_CASE("files: a full disk is an error") {
  if (!fs::exists("/dev/full")) return;  // Linux's device that is always full
  CHECK(
      error_of([] { write_file("/dev/full", "x"); }).starts_with("/dev/full: cannot be written ("));
  write_file("/dev/null", "x");
}

TEST_CASE("files: a write that fails half-way leaves the old file and no temporary") {
  const Scratch scratch;
  write_file(scratch.file("a"), "old");
  // The system refuses what goes beyond this size, as it would on a full disk.
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{10000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const std::string error =
      error_of([&] { write_file(scratch.file("a"), std::string(100000, 'x')); });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  CHECK(error.starts_with(scratch.file("a") + ": cannot be written ("));
  CHECK(read_file(scratch.file("a")) == "old");
  CHECK(scratch.entries() == 1);
}

TEST_CASE("files: folders are made, with those above; a file in the way is named") {
  const Scratch scratch;
  make_folder(scratch.file("a/b/c"));
  make_folder(scratch.file("a/b/c"));
  make_folder(scratch.file("a/d/"));
  CHECK(fs::is_directory(scratch.file("a/b/c")));
  CHECK(fs::is_directory(scratch.file("a/d")));
  write_file(scratch.file("file"), "x");
  CHECK(error_of([&] { make_folder(scratch.file("file/b")); }) ==
        scratch.file("file/b") + ": the folder cannot be made (" + scratch.file("file") +
            " is a file)");
  CHECK(error_of([&] { make_folder(""); }) == "make_folder: the folder name is empty");
}
