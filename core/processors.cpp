#include "core/processors.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <thread>

namespace strata {
namespace {

// Empty if there is no such file.
std::string text_of(const std::string& path) {
  std::ostringstream text;
  if (std::ifstream file(path); file) text << file.rdbuf();
  return text.str();
}

}  // namespace

std::optional<std::size_t> processors_of_quota(std::string_view quota_and_period) {
  std::istringstream text{std::string(quota_and_period)};
  long long quota = 0, period = 0;
  if (!(text >> quota >> period) || quota <= 0 || period <= 0) return std::nullopt;
  return std::size_t((quota - 1) / period + 1);
}

std::optional<std::size_t> processors_of_groups(const std::string& groups,
                                                const std::string& mounted) {
  std::optional<std::size_t> least;
  std::istringstream lines(groups);
  // ID:CONTROLLERS:/GROUP/GROUP/… Version 2 has one line, without controllers; version 1 has one
  // for each of its trees.
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const bool version2 = controllers == ",,";
    if (!version2 && controllers.find(",cpu,") == std::string::npos) continue;
    std::string group = line.substr(second + 1);
    while (true) {
      while (group.ends_with('/')) group.pop_back();
      const std::string folder = mounted + (version2 ? "" : "/cpu") + group;
      const auto of_group =
          processors_of_quota(version2 ? text_of(folder + "/cpu.max")
                                       : text_of(folder + "/cpu.cfs_quota_us") + " " +
                                             text_of(folder + "/cpu.cfs_period_us"));
      if (of_group) least = std::min(*of_group, least.value_or(*of_group));
      if (group.empty()) break;
      group.erase(group.rfind('/') == std::string::npos ? 0 : group.rfind('/'));
    }
  }
  return least;
}

std::size_t usable_processors() {
  const std::size_t all = std::max<std::size_t>(1, std::thread::hardware_concurrency());
  return std::min(
      all, processors_of_groups(text_of("/proc/self/cgroup"), "/sys/fs/cgroup").value_or(all));
}

}  // namespace strata
