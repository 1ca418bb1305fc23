#include "pretraining/cli/bench/table.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/check.hpp"

namespace strata::cli {
namespace {

const char* heading(const std::string& group) {
  if (group == "machine") return "this machine";
  if (group == "memory")
    return "peak memory of training for an epoch, and in % of data, parameters × 4 and activations";
  if (group == "matmul")
    return "matrix products M×N×K: the result is M×N, each entry a sum of K products; in % of the "
           "peak";
  if (group == "functions") return "elementary functions of 100×784 numbers";
  if (group == "train") return "training: network, batch, backprop";
  if (group == "train_gflops")
    return "the same as arithmetic, counted as 6 × weights × examples (the first layer does 4); in "
           "% of the "
           "peak";
  if (group == "batch") return "how training grows with the batch";
  if (group == "width") return "how training grows with the width of the layer";
  if (group == "threads") return "how training grows with the threads";
  if (group == "allocations") return "allocations in one training step";
  return group.c_str();
}

// Four significant digits; above ten million three and an exponent: 1.60e9.
std::string figure_text(double value) {
  const int exponent = value >= 1e7 ? int(std::log10(value)) : 0;
  const double shown = value / std::pow(10.0, exponent);
  char buffer[32];
  std::snprintf(buffer, sizeof buffer,
                exponent > 0    ? "%.2fe%d"
                : shown >= 1000 ? "%.0f"
                                : "%.4g",
                shown, exponent);
  return buffer;
}

std::string percent_text(double share) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "%3.0f %%", 100 * share);
  return buffer;
}

}  // namespace

void print_table_head() {
  std::printf("%-41s %7s %8s   %-15s  %s\n", "", "threads", "median", "lowest … highest", "unit");
}

void print_rows(const std::vector<Row>& rows) {
  std::string group;
  for (const Row& row : rows) {
    if (row.group != group) std::printf("\n%s\n", heading(row.group));
    group = row.group;
    const bool once = row.value.lowest == row.value.highest;  // measured once, or always the same
    const std::string lowest = once ? "" : figure_text(row.value.lowest);
    const std::string highest = once ? "" : figure_text(row.value.highest);
    std::string unit = row.unit;
    if (row.beside) {
      unit.resize(std::max<std::size_t>(unit.size(), 8), ' ');
      unit += percent_text(row.value.median / row.beside->value);
    }
    std::printf("  %-39s %7zu %8s  %7s %s %-7s  %s\n", row.name.c_str(), row.threads,
                figure_text(row.value.median).c_str(), lowest.c_str(), once ? " " : "…",
                highest.c_str(), unit.c_str());
  }
  std::fflush(stdout);
}

Json row_json(const Row& row) {
  Json json = Json::object({{"group", row.group},
                            {"name", row.name},
                            {"threads", row.threads},
                            {"value", row.value.median},
                            {"unit", row.unit},
                            {"lowest", row.value.lowest},
                            {"highest", row.value.highest}});
  if (row.beside) {
    json[row.beside->name] = row.beside->value;
    json["share_of_" + row.beside->name] = row.value.median / row.beside->value;
  }
  return json;
}

}  // namespace strata::cli
