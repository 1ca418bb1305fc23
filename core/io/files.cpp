#include "core/io/files.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <new>
#include <system_error>

#include "core/check.hpp"
#include "core/io/system.hpp"

namespace strata {
namespace {

namespace fs = std::filesystem;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

// The system's words for the last failure: "No space left on device".
std::string system_reason() {
  return std::strerror(errno);
}

// Returns the reason for a failure, or "" if there was none.
std::string write_all(std::FILE* file, std::string_view bytes) {
  const bool wrote = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  return wrote && std::fflush(file) == 0 ? "" : system_reason();
}

// What the names of unfinished files have behind that of their target; the process follows.
constexpr const char* unfinished = ".tmp-strata-";

// A new file next to the target, under an unused name: "x" refuses to open an existing file. It is
// locked for as long as somebody writes to it.
File open_temporary(const fs::path& target, fs::path& name) {
  for (int attempt = 1; attempt <= 1000; ++attempt) {
    name = target;
    name += text(unfinished, process_number(), "-", attempt);
    File file(std::fopen(name.c_str(), "wbx"));
    if (file != nullptr) lock_file(file.get());
    if (file != nullptr || errno != EEXIST) return file;
  }
  return nullptr;
}

fs::path folder_of(const fs::path& target) {
  return target.has_parent_path() ? target.parent_path() : ".";
}

// What programs that were killed have left next to the target. Those that write still have a lock.
void remove_unfinished(const fs::path& target) {
  const std::string ours = target.filename().string() + unfinished;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder_of(target), ignored)) {
    const bool is_ours = entry.path().filename().string().starts_with(ours);
    if (is_ours && !is_locked(entry.path().string())) fs::remove(entry.path(), ignored);
  }
}

// Devices, pipes and sockets cannot be replaced by renaming a file. The name does not tell: below
// /dev/shm there are files like any others.
bool is_written_through(const std::string& path) {
  std::error_code ignored;
  const fs::file_status found = fs::status(path, ignored);
  return fs::exists(found) && !fs::is_regular_file(found);
}

// To what is open already, or behind what is there: nothing is cut off.
void write_through(File file, const std::string& path, std::string_view bytes) {
  check(file != nullptr, path, ": cannot be written (", system_reason(), ")");
  std::string reason = write_all(file.get(), bytes);
  if (std::fclose(file.release()) != 0 && reason.empty()) reason = system_reason();
  check(reason.empty(), path, ": cannot be written (", reason, ")");
}

fs::path target_of(const std::string& path) {
  return fs::is_symlink(path) ? fs::weakly_canonical(path) : fs::path(path);
}

// Makes `temporary` the target, with all of its bytes on the disk first. Returns the reason for a
// failure, or "".
std::string replace(const fs::path& target, const fs::path& temporary, std::FILE* file) {
  std::error_code failure;
  if (fs::exists(target)) fs::permissions(temporary, fs::status(target).permissions(), failure);
  if (failure) return failure.message();
  if (!sync_file(file)) return system_reason();
  fs::rename(temporary, target, failure);
  if (failure) return failure.message();
  sync_folder(folder_of(target).string());
  return "";
}

void check_name_and_folder(const std::string& path) {
  std::error_code ignored;  // if the folder cannot be examined, opening the file will say so
  check(!path.empty(), "write_file: the file name is empty");
  check(!fs::is_directory(path, ignored), path, ": is a folder, a file name is needed");
  const fs::path folder = fs::path(path).parent_path();
  if (folder.empty()) return;
  const fs::file_status found = fs::status(folder, ignored);
  check(found.type() != fs::file_type::not_found, path, ": cannot be written (folder ",
        folder.string(), " does not exist)");
  check(!fs::exists(found) || fs::is_directory(found), path, ": cannot be written (",
        folder.string(), " is not a folder)");
}

// A file that nobody may write to is meant to stay; renaming another into its place would not ask.
void check_not_read_only(const std::string& path) {
  std::error_code ignored;
  const fs::file_status found = fs::status(path, ignored);
  if (!fs::exists(found)) return;
  constexpr fs::perms anybody =
      fs::perms::owner_write | fs::perms::group_write | fs::perms::others_write;
  const bool is_read_only = (found.permissions() & anybody) == fs::perms::none;
  check(!is_read_only, path, ": cannot be written (it is read-only)");
  check(may_write(path), path, ": cannot be written (", system_reason(), ")");
}

}  // namespace

std::string read_file(const std::string& path) {
  std::error_code ignored;
  const fs::file_status found = fs::status(path, ignored);
  check(found.type() != fs::file_type::not_found, path.empty() ? "''" : path, ": no such file");
  check(!fs::is_directory(found), path, ": is a folder, a file is needed");
  const File file(std::fopen(path.c_str(), "rb"));
  check(file != nullptr, path, ": cannot be read (", system_reason(), ")");

  std::string bytes;
  try {
    std::error_code unknown_size;  // a pipe has no size, and is read until it ends
    const std::uintmax_t size = fs::file_size(path, unknown_size);
    if (!unknown_size) bytes.reserve(std::size_t(size));
    std::array<char, 65536> block;
    while (const std::size_t count = std::fread(block.data(), 1, block.size(), file.get())) {
      bytes.append(block.data(), count);
    }
  } catch (const std::exception&) {  // bad_alloc or length_error: all the same to the user
    throw OutOfMemory(text(path, ": cannot be read (the file is larger than the memory)"));
  }
  check(std::ferror(file.get()) == 0, path, ": cannot be read (", system_reason(), ")");
  return bytes;
}

void write_file(const std::string& path, std::string_view bytes) {
  check_name_and_folder(path);
  try {
    std::fflush(stdout);  // what was printed before comes first
    if (File open_already{already_open(path)}) {
      write_through(std::move(open_already), path, bytes);
      return;
    }
    check_not_read_only(path);
    if (is_written_through(path)) {
      write_through(File(std::fopen(path.c_str(), "ab")), path, bytes);
      return;
    }
    const fs::path target = target_of(path);
    fs::path temporary;
    const File file = open_temporary(target, temporary);
    check(file != nullptr, path, ": cannot be written (", system_reason(), ")");
    std::string reason = write_all(file.get(), bytes);
    if (reason.empty()) reason = replace(target, temporary, file.get());
    std::error_code ignored;
    if (!reason.empty()) fs::remove(temporary, ignored);
    check(reason.empty(), path, ": cannot be written (", reason, ")");
  } catch (const fs::filesystem_error& failure) {
    throw Error(text(path, ": cannot be written (", failure.code().message(), ")"));
  }
}

void check_can_write(const std::string& path) {
  check_name_and_folder(path);
  try {
    if (const File open_already{already_open(path)}) return;
    check_not_read_only(path);
    if (is_written_through(path)) return;
    const fs::path target = target_of(path);
    remove_unfinished(target);
    fs::path temporary;
    const File file = open_temporary(target, temporary);
    check(file != nullptr, path, ": cannot be written (", system_reason(), ")");
    fs::remove(temporary);
  } catch (const fs::filesystem_error& failure) {
    throw Error(text(path, ": cannot be written (", failure.code().message(), ")"));
  }
}

void make_folder(const std::string& path) {
  check(!path.empty(), "make_folder: the folder name is empty");
  std::error_code failure;
  // From the top down, so that a file in the way can be named.
  fs::path so_far;
  for (const fs::path& part : fs::path(path)) {
    so_far /= part;
    const fs::file_status found = fs::status(so_far, failure);
    check(!fs::exists(found) || fs::is_directory(found), path, ": the folder cannot be made (",
          so_far.string(), " is a file)");
  }
  fs::create_directories(path, failure);
  std::error_code ignored;
  check(fs::is_directory(path, ignored), path, ": the folder cannot be made (", failure.message(),
        ")");
}

}  // namespace strata
