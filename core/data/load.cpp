#include "core/data/load.hpp"

#include <filesystem>

#include "core/check.hpp"
#include "core/data/csv.hpp"
#include "core/data/digits8x8.hpp"
#include "core/data/idx.hpp"
#include "core/data/npy.hpp"

namespace strata {
namespace {

namespace fs = std::filesystem;

// ".csv" for points.CSV
std::string ending(const std::string& path) {
  std::string letters = fs::path(path).extension().string();
  for (char& c : letters) {
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  }
  return letters;
}

bool is_idx_folder(const std::string& name_or_path) {
  std::error_code failure;
  return name_or_path != "digits" && fs::is_directory(name_or_path, failure);
}

// Anything but a folder.
Dataset read_named(const std::string& name_or_path) {
  if (name_or_path == "digits") return digits8x8();
  const std::string kind = ending(name_or_path);
  if (kind == ".csv" || kind == ".tsv" || kind == ".txt") return read_csv(name_or_path);
  if (kind == ".npy") return read_npy_dataset(name_or_path);
  std::error_code failure;
  const bool exists = fs::exists(name_or_path, failure);
  throw Error(text("data ", name_or_path.empty() ? "''" : name_or_path, ": ",
                   exists ? "not a kind of file that is understood" : "no such data set or folder",
                   "; give digits, a folder of IDX files, or a file ending in .csv, .tsv, .txt or .npy"));
}

}  // namespace

TrainTest load_data(const std::string& name_or_path) {
  if (is_idx_folder(name_or_path)) return load_idx_folder(name_or_path);
  return split_every(read_named(name_or_path), 5, 4);
}

Dataset load_rows(const std::string& name_or_path) {
  if (is_idx_folder(name_or_path)) return read_idx_folder(name_or_path, IdxPart::test);
  return read_named(name_or_path);
}

}  // namespace strata
