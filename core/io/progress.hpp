#pragma once
// A progress bar for people who wait: one line on standard error, redrawn in place, gone when the
// work is done.
//   greedy layer 2/3  [█████████···········]  epoch 45/100  loss 1.8234  12400 examples/s  9 s left

#include <chrono>
#include <cstddef>
#include <string>

namespace strata {

/// "0.4 s", "12 s", "1 min 20 s", "2 h 5 min"; "?" for what is negative or not finite.
std::string duration_text(double seconds);

/// The line above, kept within `columns` characters: the bar shrinks first, then the end is cut.
/// `seconds_left` < 0 leaves the time out, and a rate of 0 or a loss that is NaN leaves those out.
std::string progress_line(const std::string& label, std::size_t done, std::size_t total,
                          double loss, double examples_per_second, double seconds_left,
                          std::size_t columns);

class Progress {
 public:
  /// Draws nothing when not enabled (--quiet), or when standard error is no terminal.
  explicit Progress(bool enabled);
  /// Clears the line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// After each epoch, or each batch: it draws at most ten times a second. The time left is
  /// estimated from the time since the first update with this label.
  void update(const std::string& label, std::size_t done, std::size_t total, double loss,
              double examples_per_second);
  /// Clears the line, so that results can be printed. A later update draws again.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  bool enabled_, drawn_ = false;
  std::string label_;
  std::size_t first_done_ = 0;
  Clock::time_point label_start_{}, last_drawn_{};
};

}  // namespace strata
