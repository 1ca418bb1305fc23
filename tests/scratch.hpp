#pragma once
// Where tests write their files.

#include <filesystem>
#include <iterator>
#include <random>
#include <string>

namespace strata::testing {

/// A folder of its own below the system's temporary one, removed at the end of the test.
struct Scratch {
  std::filesystem::path folder;
  Scratch()
      : folder(std::filesystem::temp_directory_path() /
               ("strata-test-" + std::to_string(std::random_device{}()))) {
    std::filesystem::create_directories(folder);
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  /// The path of a file in the folder.
  std::string file(const std::string& name) const { return (folder / name).string(); }
  /// How many files and folders are in it.
  std::size_t entries() const {
    using Entry = std::filesystem::directory_iterator;
    return std::size_t(std::distance(Entry(folder), Entry()));
  }
};

}  // namespace strata::testing
