#include "pretraining/cli/kinds/subject.hpp"

#include <filesystem>

#include "core/inspect/non_finite.hpp"
#include "pretraining/cli/common.hpp"
#include "pretraining/cli/data_options.hpp"

namespace strata::cli {

const std::vector<OptionSpec>& subject_specs() {
  static const std::vector<OptionSpec> specs = read_specs(text(subject_options, model_options));
  return specs;
}

namespace {

Subject saved_subject(const Options& o) {
  for (const OptionSpec& spec : model_specs()) {
    if (o.given(spec.name))
      throw UsageError("--" + spec.name + ": a saved model is checked as it is");
  }
  if (o.given("scale")) throw UsageError("--scale: a saved model has its own");
  ModelAndData input = read_model_and_data(o, {0, 5});
  return {o.positional()[0], std::move(input.saved.model), {std::move(input.X), {}}};
}

// Without --data on five random examples, small enough to print.
Subject example_of(const Kind& kind, const Options& o) {
  for (const char* name : {"rows", "scale"}) {
    if (o.given(name) && !o.given("data")) {
      throw UsageError(text("--", name, ": ", kind.name,
                            " alone is looked at on five random examples (give --data)"));
    }
  }
  Rng rng(o.size("seed"));
  Batch batch;
  DataShape data = kind.small_data;
  std::vector<std::string> words = o.words_of(model_specs());
  if (o.given("data")) {
    const Dataset rows = rows_of_data(o, {0, 5});
    batch.X = scaling_of(o, rows.X).apply(rows.X);
    data = {rows.features(), rows.image};
  } else {
    batch.X = uniform_tensor({5, data.features}, rng, 0.05, 0.95);
    if (!o.given("layers") && !o.given("hidden"))
      words.insert(words.begin(), kind.small_example.begin(), kind.small_example.end());
  }
  std::unique_ptr<Autoencoder> model = make_model(kind, data, Options(kind_specs(), words), rng);
  for (Parameter* p : model->parameters()) {  // zero biases would hide errors
    if (!p->decays) p->value = normal_tensor(p->value.shape, rng, 0.2);
  }
  model->check_data(batch.X);
  return {kind.name, std::move(model), std::move(batch)};
}

}  // namespace

Subject subject_of(const Options& o) {
  const std::string& word = o.positional()[0];
  const bool is_file = word.ends_with(".safetensors") || std::filesystem::exists(word);
  if (is_file && find_kind(word) == nullptr) return saved_subject(o);
  return example_of(kind_named(word), o);
}

Objective Subject::objective(Tape& tape) const {
  return model->objective(tape, tape.input(batch.X, "X"), {}, Mode::training);
}

std::string subject_arguments(const Options& options) {
  std::string arguments;
  for (const std::string& word : options.words_of(subject_specs()))
    arguments += " " + shell_word(word);
  return arguments;
}

std::string not_finite_remark(Tape& tape, const Options& options) {
  const std::string place = explain_non_finite(tape);
  if (place.empty()) return "";
  return text("not finite: ", place, "\n  strata step ", shell_word(options.positional()[0]),
              subject_arguments(options), " --do nan\n");
}

std::string title_of(const Subject& subject) {
  std::string layers = subject.model->architecture();
  const DenseAutoencoder* const dense = subject.dense();
  if (dense != nullptr && dense->encoder.size() > 7) {
    layers = text(dense->features(), "-", dense->encoder.front().outputs(), "-…-",
                  dense->code_size(), " (", 2 * dense->encoder.size(), " layers)");
  }
  return text(subject.title, " ", layers, " on ", subject.batch.X.rows(), " examples");
}

DenseAutoencoder& model_by_hand(Subject& subject) {
  if (DenseAutoencoder* const dense = subject.dense()) return *dense;
  throw no_rule_by_hand((find_kind(subject.title) != nullptr ? "the kind " : "") + subject.title,
                        *subject.model);
}

}  // namespace strata::cli
