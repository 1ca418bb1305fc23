// The page of `strata train lstm`: sequences and what comes back, where the errors are, the codes.

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/data/sequences.hpp"
#include "pretraining/pages/blocks.hpp"
#include "pretraining/pages/kinds/figures.hpp"
#include "pretraining/pages/maps.hpp"
#include "pretraining/pages/pictures.hpp"

namespace strata::pages {
namespace {

double squared_error_of_step(const Tensor& X, const Tensor& R, std::size_t i, std::size_t t,
                             std::size_t d) {
  double error = 0;
  for (std::size_t j = t * d; j < (t + 1) * d; ++j)
    error += std::pow(double(X(i, j)) - double(R(i, j)), 2);
  return error;
}

constexpr std::size_t most_sequences = 1000;  // measured for the figures

// What the figures are about: some sequences, and what the model makes of them in two ways.
struct Shown {
  const LstmAutoencoder& model;
  Dataset data;
  std::vector<std::size_t> lengths;
  Tensor free, forced;  // running free; each step from the truth of the step before

  std::size_t d() const { return model.options.step_features; }
};

Shown shown_of(TrainRun& run, LstmAutoencoder& model) {
  Shown shown{
      model, rows(run.shown(), 0, std::min(most_sequences, run.shown().size())), {}, {}, {}};
  shown.lengths = lengths_for(model, shown.data.X);
  shown.free = model.reconstruct(shown.data.X, run.workers);
  shown.forced = model.reconstruct_with_teacher(shown.data.X, run.workers);
  return shown;
}

// ---- sequences

Series line_of(const std::string& name, const Tensor& X, std::size_t i, std::size_t length,
               std::size_t d) {
  std::vector<double> values;
  for (std::size_t t = 0; t < length; ++t) values.push_back(double(X(i, t * d)));
  return numbered(name, values);
}

std::string curves(const Shown& shown) {
  std::vector<std::string> charts;
  for (const std::size_t i : rows_to_show(shown.data, 6)) {
    const std::size_t length = shown.lengths[i];
    if (length < 2) continue;
    const std::string label = shown.data.has_labels() ? text(", label ", shown.data.labels[i]) : "";
    charts.push_back(line_chart({line_of("sequence", shown.data.X, i, length, shown.d()),
                                 line_of("from the code", shown.free, i, length, shown.d())},
                                {say("Sequence {}, {} steps{}", i + 1, length, label), "step",
                                 shown.d() > 1 ? "first feature" : "value", 320, 220}));
  }
  if (charts.empty()) return "";
  return figure(beside(charts),
                say("Each sequence, and what the decoder unrolls from its {}, running free: from "
                    "its second step on it is given its own output. Look for the place where the "
                    "two lines part: an error made early is carried on.",
                    counted(shown.model.code_size(), "number")));
}

std::string strips_of_rows(const Shown& shown) {
  const std::vector<std::size_t> chosen = rows_to_show(shown.data, 10);
  const auto pictures = [&](const Tensor& X, const std::string& name, const std::string& detail) {
    return Strip{name, detail, rows_at(X, chosen), name};
  };
  const auto error = [&](const Tensor& R) {
    return "error " + number(squared_error_per_example(shown.data.X, R));
  };
  std::vector<Strip> rows = {pictures(shown.data.X, "sequence", "read from the top"),
                             pictures(shown.free, "from the code", error(shown.free))};
  std::string with_teacher;
  if (shown.model.options.teacher_forcing) {
    rows.push_back(pictures(shown.forced, "with a teacher", error(shown.forced)));
    with_teacher =
        " And what it makes of it when each row is drawn with the true row above in hand, as in "
        "training: no reconstruction, for it is given the answer row by row.";
  }
  return figure(strips(rows, shown.data.image),
                say("Pictures as sequences: {} steps, from the top row to the bottom row, of {} "
                    "pixels each. Below each what the decoder unrolls from the code, running "
                    "free.{}",
                    shown.model.options.steps, shown.d(), with_teacher));
}

// ---- errors

std::string errors_by_step(const Shown& shown) {
  const auto line = [&](const std::string& name, const Tensor& R) {
    return numbered(name, error_of_steps(shown.data.X, R, shown.lengths, shown.d()));
  };
  Tensor before(shown.data.X.shape);  // each step is as the one before
  for (std::size_t i = 0; i < before.rows(); ++i)
    std::copy_n(shown.data.X.row(i), before.cols() - shown.d(), before.row(i) + shown.d());
  const LstmAutoencoderOptions& o = shown.model.options;
  return figure_of_chart(
      {line("running free", shown.free), line("the true step before given", shown.forced),
       line("the step before, copied", before)},
      {"Squared error of each step", "step", "squared error", 560, 320, YAxis::suited},
      say("The mean over {} sequences. Running free is what counts: only the code is known. This "
          "model was trained {} The decoder begins {}. Look whether the error grows along the "
          "decoder's way.",
          shown.data.size(),
          o.teacher_forcing ? "with the true step before in hand, so its loss was the second line. "
                              "The gap between the two is what teacher forcing hides."
                            : "running free, so that the true step before does not help it as it "
                              "would a model that was trained with it.",
          o.reversed_target ? "at the last step, on the right" : "on the left"));
}

std::string errors_by_length(const Shown& shown) {
  if (!shown.model.options.variable_lengths) return "";
  const std::vector<ErrorOfLength> all =
      error_of_lengths(shown.data.X, shown.free, shown.lengths, shown.d());
  if (all.size() < 2) return "";
  Series line{"error a step"};
  for (const ErrorOfLength& one : all) {
    line.x.push_back(double(one.length));
    line.y.push_back(one.error_per_step);
  }
  return figure_of_chart(
      {line}, {"Error against length", "steps of the sequence", "squared error a step", 560, 300},
      say("Sequences of {} to {} steps share one code size. The error is divided by the length, so "
          "that it would be level if a long sequence were as easy as a short one. Each point is "
          "the mean of the sequences of that length, few of them: look at the trend.",
          all.front().length, all.back().length));
}

}  // namespace

std::vector<std::size_t> lengths_for(const LstmAutoencoder& model, const Tensor& X) {
  if (model.options.variable_lengths) return sequence_lengths(X, model.options.step_features);
  return std::vector<std::size_t>(X.rows(), model.options.steps);
}

std::vector<double> error_of_steps(const Tensor& X, const Tensor& R,
                                   const std::vector<std::size_t>& lengths, std::size_t d) {
  std::vector<double> errors;
  for (std::size_t t = 0; t < X.cols() / d; ++t) {
    double sum = 0, count = 0;
    for (std::size_t i = 0; i < X.rows(); ++i) {
      if (t >= lengths[i]) continue;
      sum += squared_error_of_step(X, R, i, t, d);
      ++count;
    }
    errors.push_back(count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN());
  }
  return errors;
}

std::vector<ErrorOfLength> error_of_lengths(const Tensor& X, const Tensor& R,
                                            const std::vector<std::size_t>& lengths,
                                            std::size_t d) {
  std::map<std::size_t, ErrorOfLength> by_length;
  for (std::size_t i = 0; i < X.rows(); ++i) {
    if (lengths[i] == 0) continue;
    ErrorOfLength& one = by_length[lengths[i]];
    one.length = lengths[i];
    ++one.sequences;
    for (std::size_t t = 0; t < lengths[i]; ++t)
      one.error_per_step += squared_error_of_step(X, R, i, t, d);
  }
  std::vector<ErrorOfLength> all;
  for (auto& [length, one] : by_length) {
    one.error_per_step /= double(length * one.sequences);
    all.push_back(one);
  }
  return all;
}

std::string lstm_figures(TrainRun& run) {
  auto& model = dynamic_cast<LstmAutoencoder&>(*run.model);
  const Shown shown = shown_of(run, model);
  run.measured["sequences"] = shown.data.size();
  run.measured["free_error"] = squared_error_per_example(shown.data.X, shown.free);
  run.measured["teacher_error"] = squared_error_per_example(shown.data.X, shown.forced);
  const bool read_as_pictures = run.has_pictures() && shown.data.image.width == shown.d();
  return section("Sequences and what comes back",
                 read_as_pictures ? strips_of_rows(shown) : curves(shown)) +
         section("Where along the way the errors are",
                 errors_by_step(shown) + errors_by_length(shown)) +
         section("The codes on a plane", code_map(run.model->encode(shown.data.X, run.workers),
                                                  shown.data, run.part(), "The codes"));
}

}  // namespace strata::pages
