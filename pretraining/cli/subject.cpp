#include "pretraining/cli/subject.hpp"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <filesystem>

namespace strata::cli {

std::vector<OptionSpec> subject_specs() {
  return join(
      {{{"data", "DATA", "digits",
         "the batch's data: digits, a folder of IDX files, FILE.csv or FILE.npy; a kind without "
         "--data is taken on five random examples of 6 numbers"},
        {"rows", "A:B", "0:5", "the batch: the examples A ≤ i < B"},
        {"scale", "HOW", "none",
         "none, minmax or standard, by what the batch holds (a saved model has its own)"},
        {"seed", "N", "1", "of the random example"}},
       model_specs()});
}

Subject subject_of(const Options& o) {
  const std::string& word = o.positional()[0];
  if (find_kind(word) == nullptr &&
      (word.ends_with(".safetensors") || std::filesystem::exists(word))) {
    for (const OptionSpec& spec : model_specs()) {
      if (o.given(spec.name))
        throw UsageError("--" + spec.name + ": a saved model is checked as it is");
    }
    if (o.given("scale")) throw UsageError("--scale: a saved model has its own");
    ModelAndData input = read_model_and_data(o, {0, 5});
    return {word, std::move(input.saved.model), {std::move(input.X), {}}};
  }
  // A kind without data of its own: small enough to print, on five random examples.
  const Kind& kind = kind_named(word);
  for (const std::string name : {"rows", "scale"}) {
    if (o.given(name) && !o.given("data")) {
      throw UsageError(text("--", name, ": ", word,
                            " alone is looked at on five random examples (give --data)"));
    }
  }
  Rng rng(seed_of(o));
  Batch batch;
  DataShape data = kind.small_data;
  std::vector<std::string> arguments;
  if (o.given("data")) {
    const Dataset rows = rows_of_data(o, {0, 5});
    batch.X = scaling_of(o, rows.X).apply(rows.X);
    data = {rows.features(), rows.image};
  } else {
    batch.X = uniform_tensor({5, data.features}, rng, 0.05, 0.95);
    if (!o.given("layers") && !o.given("hidden")) arguments = kind.small_example;
  }
  for (const OptionSpec& spec : model_specs()) {  // what was given for the model
    if (!o.given(spec.name)) continue;
    arguments.push_back("--" + spec.name);
    if (!spec.value.empty()) arguments.push_back(o.text(spec.name));
  }
  std::unique_ptr<Autoencoder> model =
      make_model(kind, data, Options(join({model_specs(), training_specs()}), arguments), rng);
  for (Parameter* p : model->parameters()) {  // zero biases would hide errors
    if (!p->decays) p->value = normal_tensor(p->value.shape, rng, 0.2);
  }
  model->check_data(batch.X);
  return {word, std::move(model), std::move(batch)};
}

std::string shell_word(const std::string& word) {
  const auto is_plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::strchr("_-+=./:,%@", c) != nullptr;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) return word;
  std::string quoted = "'";
  for (char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string subject_arguments(const Options& options) {
  std::string arguments;
  for (const OptionSpec& spec : subject_specs()) {
    if (!options.given(spec.name)) continue;
    arguments += " --" + spec.name;
    if (!spec.value.empty()) arguments += " " + shell_word(options.text(spec.name));
  }
  return arguments;
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
