#include "core/inspect/trace/sources.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <sstream>
#include <string_view>

#include "core/autodiff/names.hpp"
#include "core/io/files.hpp"

namespace strata {
namespace {

constexpr int farthest_above = 80;  // a rule stands this close above its row of the table

using Lines = std::vector<std::string>;

std::vector<std::string> lines_of(const std::string& bytes) {
  std::vector<std::string> lines;
  std::istringstream in(bytes);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// The function that begins at the last line above `row` with this text, to its closing brace; {0,
// 0} where there is none.
LineRange function_above(const Lines& lines, int row, const std::string& begins_with) {
  for (int first = row; first > std::max(0, row - farthest_above); --first) {
    if (!lines[first - 1].starts_with(begins_with)) continue;
    int last = first;
    while (last < row && lines[last - 1] != "}") ++last;
    return {first, last};
  }
  return {};
}

// The comment above a function, from its heading (// -----) on.
int first_of_comment(const Lines& lines, int function) {
  int first = function;
  while (first > 1) {
    const std::string& above = lines[first - 2];
    if (!above.empty() && !above.starts_with("//")) break;
    --first;
    if (above.starts_with("// ---")) break;
  }
  while (first < function && lines[first - 1].empty()) ++first;
  return first;
}

bool has_word(const std::string& line, const std::string& word) {
  const auto is_part = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  for (std::size_t at = line.find(word); at != std::string::npos; at = line.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_part(line[at - 1])) && (end == line.size() || !is_part(line[end])))
      return true;
  }
  return false;
}

// The last line in the range that writes to dX.
int line_that_adds(const Lines& lines, LineRange range, const std::string& letter) {
  for (int i = range.last; i > range.first && i > 0; --i) {
    const std::string& line = lines[i - 1];
    const bool declares =
        line.find("Tensor& d") != std::string::npos && line.find("+=") == std::string::npos;
    if (!declares && has_word(line, "d" + letter)) return i;
  }
  return 0;
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

void Sources::take(File& file, LineRange range) {
  const int last = std::min(range.last, int(file.lines.size()));
  for (int i = std::max(1, range.first); i <= last; ++i) file.taken.insert(i);
}

void Sources::take_around(const Site& site, int lines_on_each_side) {
  take(file(site.file), {site.line - lines_on_each_side, site.line + lines_on_each_side});
}

RulePlaces Sources::take_rule(const Op& op, std::size_t operands) {
  RulePlaces places;
  places.adds.assign(operands, 0);
  const int row = op.defined_at.line;
  File& source = file(op.defined_at.file);
  if (!source.found || row < 1 || row > int(source.lines.size())) return places;
  const Lines& lines = source.lines;
  const std::string begins = "static void " + std::string(op.name);
  places.forward = function_above(lines, row, begins + "_forward(");
  places.backward = function_above(lines, row, begins + "_backward(");
  int first = row - 3, last = row;
  for (const LineRange& function : {places.backward, places.forward}) {
    if (function.first > 0) first = std::min(first, first_of_comment(lines, function.first));
  }
  while (last < int(lines.size()) && last < row + 4 && !lines[last - 1].ends_with("};")) ++last;
  take(source, {first, last});
  for (std::size_t k = 0; k < operands; ++k) {
    places.adds[k] = line_that_adds(lines, places.backward, operand_letter(op, k));
  }
  return places;
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
