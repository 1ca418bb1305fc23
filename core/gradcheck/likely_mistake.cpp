#include "core/gradcheck/likely_mistake.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/check.hpp"

namespace strata {
namespace {

// How much of the difference an explanation may leave unexplained, and how near a factor must be to
// the number that it is said to be. Numerical differences have more digits than that.
constexpr double unexplained = sizeof(Real) == 8 ? 1e-3 : 0.03;
constexpr double rounding = sizeof(Real) == 8 ? 1e-5 : 1e-2;

bool is_near(double a, double b) {
  return std::abs(a - b) <= rounding * std::max(std::abs(a), std::abs(b));
}

// The wrong entries and the right ones in one order.
struct Pairs {
  std::vector<double> wrong, right;

  // Whether the wrong entries are these, as far as they differ from the right ones at all.
  template <class Explanation>
  bool are(const Explanation& explanation) const {
    double gaps = 0, differences = 0;
    for (std::size_t k = 0; k < wrong.size(); ++k) {
      gaps += std::pow(wrong[k] - explanation(k), 2);
      differences += std::pow(wrong[k] - right[k], 2);
    }
    return gaps <= unexplained * unexplained * differences;
  }
};

// ", and X has 5 rows" where the factor is about 5, −5, 1/5 or −1/5; it is then just that.
std::string which_number(double& factor, const std::vector<KnownNumber>& known) {
  for (const KnownNumber& number : known) {
    if (number.value == 0 || number.value == 1) continue;
    for (double size : {number.value, 1 / number.value}) {
      if (!is_near(std::abs(factor), size)) continue;
      factor = std::copysign(size, factor);
      return ", and " + number.words + (size == number.value ? "" : " (a factor of one over it)");
    }
  }
  return "";
}

// wrong = factor · right, in all entries that are not small.
std::string constant_factor(const Pairs& p, const std::vector<KnownNumber>& known) {
  double products = 0, squares = 0, largest = 0;
  for (std::size_t k = 0; k < p.right.size(); ++k) {
    products += p.wrong[k] * p.right[k];
    squares += p.right[k] * p.right[k];
    largest = std::max(largest, std::abs(p.right[k]));
  }
  if (largest == 0) return "";
  double factor = products / squares;
  std::size_t count = 0;
  for (std::size_t k = 0; k < p.right.size(); ++k) {
    const double expected = factor * p.right[k];
    if (std::abs(p.right[k]) < 0.05 * largest) continue;
    if (std::abs(p.wrong[k] - expected) > unexplained * std::abs(expected)) return "";
    ++count;
  }
  const bool holds = p.are([&](std::size_t k) { return factor * p.right[k]; });
  if (!holds || count < 2) return "";  // any factor fits one entry
  if (is_near(factor, -1)) return "its sign is wrong in every entry";
  const std::string number = which_number(factor, known);
  char times[32];
  std::snprintf(times, sizeof times, std::abs(factor) < 0.01 ? "%.3e times" : "%.3f times", factor);
  return text("it is ",
              is_near(factor, 2)     ? "twice"
              : is_near(factor, 0.5) ? "half"
                                     : times,
              " as large as it should be in every entry", number);
}

// wrong(i,j) = right(j,i)
bool is_transposed(const Tensor& wrong, const std::vector<RightEntry>& right, const Pairs& p) {
  if (wrong.shape.rank != 2 || wrong.rows() != wrong.cols() || wrong.rows() < 2) return false;
  return p.are([&](std::size_t k) {  // the right entry at (i,j) is the wrong one at (j,i)
    const std::size_t i = right[k].index / wrong.cols(), j = right[k].index % wrong.cols();
    return p.wrong[k] - double(wrong(j, i)) + p.right[k];
  });
}

// wrong − right is one number in each group of entries, and right is not.
template <class Group>
bool is_off_by_one_number(const std::vector<RightEntry>& right, const Pairs& p, std::size_t groups,
                          const Group& group_of) {
  std::vector<double> sums(groups), counts(groups), first(groups);
  bool varies = false;
  for (std::size_t k = 0; k < right.size(); ++k) {
    const std::size_t group = group_of(right[k].index);
    sums[group] += p.wrong[k] - p.right[k];
    if (counts[group] == 0) first[group] = p.right[k];
    varies = varies || !is_near(first[group], p.right[k]);
    ++counts[group];
  }
  const auto says_nothing = [](double count) { return count < 2; };
  if (!varies || std::any_of(counts.begin(), counts.end(), says_nothing)) return false;
  return p.are([&](std::size_t k) {
    const std::size_t group = group_of(right[k].index);
    return p.right[k] + sums[group] / counts[group];
  });
}

}  // namespace

void add_sizes(std::vector<KnownNumber>& known, const std::string& letter, const Shape& shape) {
  const auto add = [&](std::size_t count, const char* what) {
    const auto is_same = [&](const KnownNumber& k) { return k.value == double(count); };
    if (std::none_of(known.begin(), known.end(), is_same))
      known.push_back({double(count), text(letter, " has ", count, " ", what)});
  };
  if (shape.rank < 2) return add(shape.size(), "entries");
  add(shape[0], shape.rank == 2 ? "rows" : "images");
  add(shape[1], shape.rank == 2 ? "columns" : "channels");
  add(shape.size(), "entries");
}

std::string likely_mistake(const Tensor& wrong, const std::vector<RightEntry>& right,
                           const std::vector<KnownNumber>& known) {
  Pairs p;
  for (const RightEntry& entry : right) {
    p.wrong.push_back(double(wrong[entry.index]));
    p.right.push_back(entry.value);
  }
  const auto is_zero = [](double x) { return x == 0; };
  const auto is_finite = [](double x) { return std::isfinite(x); };
  for (const std::vector<double>& numbers : {p.wrong, p.right}) {
    if (numbers.empty() || !std::all_of(numbers.begin(), numbers.end(), is_finite)) return "";
  }
  if (std::all_of(p.wrong.begin(), p.wrong.end(), is_zero)) return "every entry is 0";
  const std::string factor = constant_factor(p, known);
  if (!factor.empty()) return factor;
  if (is_transposed(wrong, right, p)) return "it is the transpose of what it should be";
  if (is_off_by_one_number(right, p, 1, [](std::size_t) { return std::size_t(0); }))
    return text("every entry is off by the same ", p.wrong[0] - p.right[0],
                ": a term of all entries is missing, or one too many");
  if (wrong.shape.rank != 2) return "";
  const std::size_t cols = wrong.cols();
  if (is_off_by_one_number(right, p, wrong.rows(), [=](std::size_t i) { return i / cols; }))
    return "the entries of a row are all off by the same: a sum over each row is missing or wrong";
  if (is_off_by_one_number(right, p, cols, [=](std::size_t i) { return i % cols; }))
    return "the entries of a column are all off by the same: a sum over each column is missing or "
           "wrong";
  return "";
}

}  // namespace strata
