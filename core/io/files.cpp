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

// Writes everything and closes. Returns the reason for a failure, or "" if there was none. Closing
// is checked too, because a full disk may show only there.
std::string write_and_close(File file, std::string_view bytes) {
  const bool wrote = std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size();
  if (!wrote || std::fflush(file.get()) != 0) return system_reason();
  return std::fclose(file.release()) == 0 ? "" : system_reason();
}

// A new file next to the target, under an unused name: "x" refuses to open an existing file.
File open_temporary(const fs::path& target, fs::path& name) {
  for (int attempt = 1; attempt <= 1000; ++attempt) {
    name = target;
    name += ".tmp" + std::to_string(attempt);
    File file(std::fopen(name.c_str(), "wbx"));
    if (file != nullptr || errno != EEXIST) return file;
  }
  return nullptr;
}

// Devices and pipes cannot be replaced by renaming a file.
bool written_in_place(const fs::path& path) {
  const fs::file_status status = fs::status(path);
  return path.string().starts_with("/dev/") || (fs::exists(status) && !fs::is_regular_file(status));
}

void check_writable(const std::string& path) {
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
  check_writable(path);
  try {
    if (written_in_place(path)) {
      File file(std::fopen(path.c_str(), "wb"));
      check(file != nullptr, path, ": cannot be written (", system_reason(), ")");
      const std::string reason = write_and_close(std::move(file), bytes);
      check(reason.empty(), path, ": cannot be written (", reason, ")");
      return;
    }
    const fs::path target = fs::is_symlink(path) ? fs::weakly_canonical(path) : fs::path(path);
    fs::path temporary;
    File file = open_temporary(target, temporary);
    check(file != nullptr, path, ": cannot be written (", system_reason(), ")");

    std::string reason = write_and_close(std::move(file), bytes);
    std::error_code failure;
    if (reason.empty() && fs::exists(target))
      fs::permissions(temporary, fs::status(target).permissions(), failure);
    if (reason.empty()) fs::rename(temporary, target, failure);
    if (failure) reason = failure.message();
    if (!reason.empty()) fs::remove(temporary, failure);
    check(reason.empty(), path, ": cannot be written (", reason, ")");
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
