#include "core/io/files.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "core/io/system.hpp"
#include "tests/check_close.hpp"
#include "tests/contains.hpp"
#include "tests/scratch.hpp"

namespace fs = std::filesystem;
using namespace strata::testing;
using strata::check_can_write;
using strata::make_folder;
using strata::read_file;
using strata::write_file;

#ifdef __linux__
// What was asked of the system, in order: the tests' program has these two functions in place of
// the library's.
static std::string& calls_of_system() {
  static std::string calls;
  return calls;
}

extern "C" int fsync(int descriptor) {
  struct stat found {};
  fstat(descriptor, &found);
  calls_of_system() += S_ISDIR(found.st_mode) ? "fsync folder, " : "fsync file, ";
  return int(syscall(SYS_fsync, descriptor));
}

extern "C" int rename(const char* from, const char* to) noexcept {
  calls_of_system() += "rename, ";
  return int(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

#endif

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

TEST_CASE("files: what a killed program left unfinished is removed before the work, nothing else") {
  const Scratch scratch;
  std::ofstream(scratch.file("a.tmp1")) << "a user's";
  std::ofstream(scratch.file("a.tmp-strata-7-1")) << "half a f";
  std::ofstream(scratch.file("b.tmp-strata-7-1")) << "half another";
  const std::string being_written = scratch.file("a.tmp-strata-8-1");
  std::FILE* const writer = std::fopen(being_written.c_str(), "wb");
  strata::lock_file(writer);
  check_can_write(scratch.file("a"));
  CHECK(!fs::exists(scratch.file("a")));
  CHECK(!fs::exists(scratch.file("a.tmp-strata-7-1")));
  CHECK(fs::exists(being_written));
  CHECK(read_file(scratch.file("a.tmp1")) == "a user's");
  CHECK(scratch.entries() == 3);
  std::fclose(writer);
  write_file(scratch.file("a"), "ours");
  check_can_write(scratch.file("a"));
  CHECK(read_file(scratch.file("a")) == "ours");
  CHECK(!fs::exists(being_written));
  CHECK(scratch.entries() == 3);
}

TEST_CASE("files: the type of a file says how it is written, and not its name") {
  // Below /dev, too, the old file stays whole until the new one is there: as another name shows.
  for (const fs::path& folder : {fs::temp_directory_path(), fs::path("/dev/shm")}) {
    if (!fs::is_directory(folder)) continue;
    const fs::path old = folder / ("strata-test-" + std::to_string(strata::process_number()));
    const std::string file = old.string() + "-new";
    write_file(file, "old");
    fs::create_hard_link(file, old);
    write_file(file, "new");
    CHECK(read_file(old.string()) == "old");
    CHECK(read_file(file) == "new");
    fs::remove(old);
    fs::remove(file);
  }
  const Scratch scratch;
  REQUIRE(mkfifo(scratch.file("pipe").c_str(), 0600) == 0);
  std::string came;
  std::thread reader([&] { came = read_file(scratch.file("pipe")); });
  write_file(scratch.file("pipe"), "through");
  reader.join();
  CHECK(came == "through");
  CHECK(fs::is_fifo(scratch.file("pipe")));
}

TEST_CASE("files: what is open already is added to, and nothing of it is cut off") {
  if (!fs::exists("/dev/fd")) return;
  const Scratch scratch;
  std::FILE* const open = std::fopen(scratch.file("a").c_str(), "w");
  std::fputs("before\n", open);
  std::fflush(open);
  const std::string name = "/dev/fd/" + std::to_string(fileno(open));
  check_can_write(name);
  write_file(name, "written\n");
  std::fputs("after\n", open);
  std::fclose(open);
  CHECK(read_file(scratch.file("a")) == "before\nwritten\nafter\n");
  CHECK(error_of([&] { write_file(name, "x"); }).starts_with(name + ": cannot be written ("));
}

#ifdef __linux__
TEST_CASE("files: the bytes are on the disk before they get their name, and then the name") {
  const Scratch scratch;
  write_file(scratch.file("a"), "old");
  std::string& calls = calls_of_system();
  calls.clear();
  write_file(scratch.file("a"), "new");
  CHECK(calls == "fsync file, rename, fsync folder, ");
}
#endif

TEST_CASE("files: a file that is read-only stays as it is") {
  const Scratch scratch;
  const std::string file = scratch.file("a");
  write_file(file, "old");
  fs::permissions(file, fs::perms::owner_read | fs::perms::group_read);
  const std::string error = file + ": cannot be written (it is read-only)";
  CHECK(error_of([&] { check_can_write(file); }) == error);
  CHECK(error_of([&] { write_file(file, "new"); }) == error);
  CHECK(read_file(file) == "old");
}

TEST_CASE("files: whether a file can be written is known before, and nothing is changed") {
  const Scratch scratch;
  const std::string folder = scratch.folder.string();
  write_file(scratch.file("file"), "x");
  for (const std::string& path :
       {folder, std::string(), scratch.file("no/a"), scratch.file("file/a")}) {
    const std::string error = error_of([&] { write_file(path, "x"); });
    CHECK(!error.empty());
    CHECK(error_of([&] { check_can_write(path); }) == error);
  }
  if (fs::is_directory("/proc"))  // nobody can make a file there
    CHECK(contains(error_of([] { check_can_write("/proc/a"); }), "/proc/a: cannot be written ("));
  check_can_write(scratch.file("file"));
  check_can_write(scratch.file("new"));
  CHECK(read_file(scratch.file("file")) == "x");
  CHECK(scratch.entries() == 1);
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
