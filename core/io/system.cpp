#include "core/io/system.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>

#include "core/check.hpp"

namespace strata {
namespace {

// N of /dev/fd/N; −1 for other paths.
int descriptor_in(std::string_view path) {
  if (path == "/dev/stdout") return STDOUT_FILENO;
  if (path == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    int number = 0;
    if (!path.starts_with(folder)) continue;
    const char* const end = path.data() + path.size();
    const auto result = std::from_chars(path.data() + folder.size(), end, number);
    if (result.ec == std::errc() && result.ptr == end) return number;
  }
  return -1;
}

// Another stream to the same place in the same file.
std::FILE* open_again(int descriptor) {
  const int copy = dup(descriptor);
  std::FILE* const stream = copy < 0 ? nullptr : fdopen(copy, "w");
  if (stream == nullptr && copy >= 0) {
    const int reason = errno;
    close(copy);
    errno = reason;
  }
  return stream;
}

bool is_same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

}  // namespace

long process_number() {
  return long(getpid());
}

bool sync_file(std::FILE* file) {
  if (std::fflush(file) != 0) return false;
  // Some file systems cannot say: then there is nothing to wait for.
  return fsync(fileno(file)) == 0 || errno == EINVAL || errno == ENOTSUP;
}

void sync_folder(const std::string& folder) {
  const int descriptor = open(folder.empty() ? "." : folder.c_str(), O_RDONLY);
  if (descriptor < 0) return;  // it may be written to and not read
  fsync(descriptor);
  close(descriptor);
}

void lock_file(std::FILE* file) {
  flock(fileno(file), LOCK_EX | LOCK_NB);
}

bool is_locked(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY);
  if (descriptor < 0) return true;
  const bool was_free = flock(descriptor, LOCK_EX | LOCK_NB) == 0;
  close(descriptor);
  return !was_free;
}

bool may_write(const std::string& path) {
  return access(path.c_str(), W_OK) == 0;
}

std::FILE* already_open(const std::string& path) {
  if (const int number = descriptor_in(path); number >= 0) {
    std::FILE* const stream = open_again(number);
    check(stream != nullptr, path, ": cannot be written (", std::strerror(errno), ")");
    return stream;
  }
  struct stat of_path {};
  if (stat(path.c_str(), &of_path) != 0) return nullptr;
  for (const int standard : {STDOUT_FILENO, STDERR_FILENO}) {
    struct stat of_stream {};
    if (fstat(standard, &of_stream) == 0 && is_same_file(of_path, of_stream))
      return open_again(standard);
  }
  return nullptr;
}

void check_standard_output() {
  const bool failed_before = std::ferror(stdout) != 0;
  const bool fails_now = std::fflush(stdout) != 0;
  if (fails_now)
    throw Error(text("standard output: cannot be written (", std::strerror(errno), ")"));
  check(!failed_before, "standard output: cannot be written");
}

}  // namespace strata
