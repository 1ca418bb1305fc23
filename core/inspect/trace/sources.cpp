#include "core/inspect/trace/sources.hpp"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "core/io/files.hpp"

namespace strata {
namespace {

std::vector<std::string> lines_of(const std::string& bytes) {
  std::vector<std::string> lines;
  std::istringstream in(bytes);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace

std::vector<std::string> usual_source_folders() {
  std::vector<std::string> folders = {"."};
  std::error_code unknown;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", unknown);
  if (unknown) return folders;  // not Linux
  std::filesystem::path folder = program.parent_path();
  for (int up = 0; up < 3; ++up, folder = folder.parent_path()) folders.push_back(folder.string());
  return folders;
}

Sources::File& Sources::file(const std::string& path) {
  const auto known = files_.find(path);
  if (known != files_.end()) return known->second;
  File& file = files_[path];
  for (const std::string& folder : folders_) {
    const std::filesystem::path place = std::filesystem::path(folder) / path;
    std::error_code unreadable;
    if (path.empty() || !std::filesystem::is_regular_file(place, unreadable)) continue;
    file.found = true;
    file.lines = lines_of(read_file(place.string()));
    break;
  }
  return file;
}

void Sources::take(const std::string& path, LineRange range) {
  File& source = file(path);
  const int last = std::min(range.last, int(source.lines.size()));
  for (int i = std::max(1, range.first); i <= last; ++i) source.taken.insert(i);
}

Json Sources::to_json() const {
  Json all = Json::object();
  for (const auto& [path, file] : files_) {
    Json lines;
    if (file.found) lines = Json::object();
    for (int i : file.taken) lines[std::to_string(i)] = file.lines[std::size_t(i) - 1];
    all[path] = std::move(lines);
  }
  return all;
}

}  // namespace strata
