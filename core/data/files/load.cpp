#include "core/data/files/load.hpp"

#include <filesystem>

#include "core/check.hpp"
#include "core/data/digits8x8.hpp"
#include "core/data/files/csv.hpp"
#include "core/data/files/npy.hpp"
#include "core/data/sequences.hpp"
#include "core/data/toy_sets.hpp"
#include "core/random/rng.hpp"

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

// Synthetic data. Seed 1, so that everyone has the same.
struct Made {
  const char* name;
  Dataset (*make)(Rng& rng);
};
constexpr Made made[] = {{"digits", [](Rng&) { return digits8x8(); }},
                         {"circle", [](Rng& rng) { return circle(1000, 0.05, rng); }},
                         {"swiss_roll", [](Rng& rng) { return swiss_roll(1000, 0.1, rng).data; }},
                         {"blobs", [](Rng& rng) { return blobs(1000, 2, 4, 0.15, rng); }},
                         {"waves", [](Rng& rng) { return waves(600, 12, 24, 0.05, rng).data; }}};

const Made* find_made(const std::string& name) {
  for (const Made& one : made) {
    if (name == one.name) return &one;
  }
  return nullptr;
}

// Anything but a folder.
Dataset read_named(const std::string& name_or_path) {
  if (const Made* one = find_made(name_or_path)) {
    Rng rng(1);
    return one->make(rng);
  }
  const std::string kind = ending(name_or_path);
  if (kind == ".csv" || kind == ".tsv" || kind == ".txt") return read_csv(name_or_path);
  if (kind == ".npy") return read_npy_dataset(name_or_path);
  std::error_code failure;
  const bool exists = fs::exists(name_or_path, failure);
  check(!exists || kind != ".gz", name_or_path, ": is gzipped: gunzip ", name_or_path);
  throw Error(text(
      "data ", name_or_path.empty() ? "''" : name_or_path, ": ",
      exists ? "not a kind of file that is understood" : "no such data set or folder",
      "; give digits, circle, swiss_roll, blobs, waves, a folder of IDX files (make mnist brings "
      "MNIST to build/data/mnist), or a file ending in .csv, .tsv, .txt or .npy"));
}

}  // namespace

bool has_test_files(const std::string& name_or_path) {
  std::error_code failure;
  return find_made(name_or_path) == nullptr && fs::is_directory(name_or_path, failure);
}

SplitKind usual_split(const std::string& name_or_path) {
  return find_made(name_or_path) != nullptr ? SplitKind::every : SplitKind::random;
}

TrainTest load_data(const std::string& name_or_path) {
  if (has_test_files(name_or_path)) return load_idx_folder(name_or_path);
  return split_by(usual_split(name_or_path), read_named(name_or_path));
}

Dataset load_rows(const std::string& name_or_path, IdxPart part) {
  if (has_test_files(name_or_path)) return read_idx_folder(name_or_path, part);
  return read_named(name_or_path);
}

}  // namespace strata
