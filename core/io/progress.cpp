#include "core/io/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iomanip>
#include <sstream>
#include <string_view>

#include "core/check.hpp"
#include "core/io/utf8.hpp"

namespace strata {
namespace {

constexpr std::chrono::milliseconds redraw_interval{100};
constexpr std::size_t narrowest_bar = 8, widest_bar = 24;
constexpr std::string_view clear_line = "\r\x1b[K";  // to the first column, then erase to the right

// One that can redraw a line: not a file, not a pipe, not TERM=dumb.
bool standard_error_is_terminal() {
  const char* terminal = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

std::size_t terminal_columns() {
  winsize size{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

void write_to_terminal(std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fflush(stderr);
}

// The first `count` characters.
std::string cut(const std::string& line, std::size_t count) {
  std::size_t at = 0;
  for (; count > 0 && at < line.size(); --count) {
    const std::size_t length = utf8_length(line, at);
    at += length == 0 ? 1 : length;
  }
  return line.substr(0, at);
}

}  // namespace

std::string duration_text(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0 || seconds > 1e12) return "?";
  if (seconds < 9.95) {
    std::ostringstream out;
    out << std::fixed << std::setprecision(1) << seconds << " s";
    return out.str();
  }
  const long long whole = std::llround(seconds);
  if (whole < 60) return text(whole, " s");
  if (whole < 3600) return text(whole / 60, " min ", whole % 60, " s");
  return text(whole / 3600, " h ", whole / 60 % 60, " min");
}

std::string progress_line(const std::string& label, std::size_t done, std::size_t total,
                          double loss, double examples_per_second, double seconds_left,
                          std::size_t columns) {
  const auto numbers_with = [&](bool rate, bool with_loss) {
    std::ostringstream numbers;
    numbers << "]  epoch " << done << "/" << total;
    if (with_loss && !std::isnan(loss)) numbers << "  loss " << std::setprecision(5) << loss;
    if (rate && examples_per_second > 0)
      numbers << "  " << std::llround(std::fmin(examples_per_second, 1e15)) << " examples/s";
    if (seconds_left >= 0) numbers << "  " << duration_text(seconds_left) << " left";
    return numbers.str();
  };
  // Where the line is too narrow for all of them, the rate goes first, then the loss.
  const auto fits = [&](const std::string& numbers) {
    return count_characters(label) + 3 + narrowest_bar + count_characters(numbers) <= columns;
  };
  std::string numbers = numbers_with(true, true);
  if (!fits(numbers)) numbers = numbers_with(false, true);
  if (!fits(numbers)) numbers = numbers_with(false, false);

  // The bar takes the room that the words leave.
  const std::size_t words = count_characters(label) + 3 + count_characters(numbers);
  const std::size_t bar_width =
      std::clamp(columns > words ? columns - words : 0, narrowest_bar, widest_bar);
  const double share = total == 0 ? 0 : std::fmin(1, double(done) / double(total));
  const std::size_t filled = std::size_t(share * double(bar_width));
  std::string line = label + "  [";
  for (std::size_t i = 0; i < bar_width; ++i) line += i < filled ? "█" : "·";
  return cut(line + numbers, columns);
}

Progress::Progress(bool enabled) : enabled_(enabled && standard_error_is_terminal()) {}

Progress::~Progress() {
  finish();
}

void Progress::update(const std::string& label, std::size_t done, std::size_t total, double loss,
                      double examples_per_second) {
  if (!enabled_) return;
  const Clock::time_point now = Clock::now();
  if (label != label_ || done < first_done_ || label_start_ == Clock::time_point{}) {
    label_ = label;
    label_start_ = now;
    first_done_ = done;
  } else if (drawn_ && now - last_drawn_ < redraw_interval) {
    return;
  }
  const std::chrono::duration<double> taken = now - label_start_;
  const std::size_t steps = done - first_done_;
  const bool ahead = steps > 0 && total >= done;
  const double seconds_left = ahead ? taken.count() / double(steps) * double(total - done) : -1;
  // One column less than there are: a full line would wrap on some terminals.
  write_to_terminal(std::string(clear_line) + progress_line(label, done, total, loss,
                                                            examples_per_second, seconds_left,
                                                            terminal_columns() - 1));
  drawn_ = true;
  last_drawn_ = now;
}

void Progress::finish() {
  if (drawn_) write_to_terminal(clear_line);
  drawn_ = false;
}

}  // namespace strata
