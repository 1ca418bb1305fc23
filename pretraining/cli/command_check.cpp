#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "autoencoders/explicit_backprop.hpp"
#include "core/autodiff/gradcheck.hpp"
#include "pretraining/cli/commands.hpp"
#include "pretraining/cli/model_options.hpp"

namespace strata::cli {
namespace {

struct Subject {
  std::string title;
  DenseAutoencoder model;
  Batch batch;
};

Subject subject_of(const Options& o) {
  const std::string& word = o.positional()[0];
  const bool is_kind = std::find(kinds().begin(), kinds().end(), word) != kinds().end();
  if (!is_kind && (word.ends_with(".safetensors") || std::filesystem::exists(word))) {
    for (const OptionSpec& spec : model_specs()) {
      if (o.given(spec.name)) throw UsageError("--" + spec.name + ": a saved model is checked as it is");
    }
    ModelAndData input = read_model_and_data(o, {0, 5});
    return {word, std::move(input.saved.model), {std::move(input.X), {}}};
  }
  // A kind without data of its own: small enough to print, on five random examples.
  const std::string& kind = checked_kind(word);
  Rng rng(seed_of(o));
  Batch batch;
  if (o.given("data")) {
    const Tensor X = rows_of_data(o, {0, 5}).X;
    batch.X = scaling_of(o, X).apply(X);
  } else {
    batch.X = uniform_tensor({5, 6}, rng, 0.05, 0.95);
  }
  std::vector<std::string> arguments;
  if (!o.given("layers") && !o.given("hidden") && !o.given("data")) {
    arguments = {"--layers", kind == "multilayer" ? "6-5-3" : kind == "overcomplete" ? "6-8" : "6-4"};
  }
  for (const OptionSpec& spec : model_specs()) {  // what was given for the model
    if (!o.given(spec.name)) continue;
    arguments.push_back("--" + spec.name);
    if (!spec.value.empty()) arguments.push_back(o.text(spec.name));
  }
  DenseAutoencoder model =
      make_model(kind, batch.X.cols(), Options(join({model_specs(), training_specs()}), arguments), rng);
  for (Parameter* p : model.parameters()) {  // zero biases would hide errors
    if (!p->decays) p->value = normal_tensor(p->value.shape, rng, 0.2);
  }
  check_data_range(model.decoder.back().activation, batch.X);
  return {kind, std::move(model), std::move(batch)};
}

// gradients[t][p]: of term t (the total last) with respect to parameter p, as `run(t)` leaves it in the parameters.
template <class Run>
std::vector<std::vector<Tensor>> gradients_by_term(const std::vector<Parameter*>& parameters,
                                                   std::size_t terms, const Run& run) {
  std::vector<std::vector<Tensor>> gradients(terms);
  for (std::size_t t = 0; t < terms; ++t) {
    for (Parameter* p : parameters) p->grad.fill(0);
    run(t);
    for (const Parameter* p : parameters) gradients[t].push_back(p->grad);
  }
  return gradients;
}

// Of the three gradients, which is the odd one out?
const char* verdict_text(const TensorCheck& c, bool explicit_and_tape_agree) {
  if (explicit_and_tape_agree || c.verdict == Verdict::undecided) return verdict_name(c.verdict);
  return c.verdict == Verdict::ok ? "EXPLICIT IS WRONG (tape and numeric agree)" : "EXPLICIT AND TAPE DIFFER";
}

void print_row(const TensorCheck& c, double explicit_tape, bool agrees) {
  std::printf("%-16s %-16s %8zu %16.1e %16.1e   %s", c.tensor.c_str(), c.term.c_str(), c.shape.size(),
              explicit_tape, c.largest_difference, verdict_text(c, agrees));
  if (c.verdict != Verdict::ok) std::printf(": %s", c.worst.reason.c_str());
  std::printf("\n");
  std::fflush(stdout);
}

Json row_json(const TensorCheck& c, double explicit_tape) {
  return Json::object({{"parameter", c.tensor},
                       {"term", c.term},
                       {"entries", c.shape.size()},
                       {"explicit_tape", explicit_tape},
                       {"tape_numeric", c.largest_difference},
                       {"wrong", c.wrong},
                       {"undecided", c.undecided},
                       {"verdict", verdict_name(c.verdict)}});
}

}  // namespace

int check_command(const Arguments& arguments) {
  const CommandLine line{
      "strata check MODEL|KIND [options]",
      "Holds three gradients of one batch against each other, parameter by parameter and term by term: the "
      "delta rule by "
      "hand (explicit), the tape, and numerical differences (Ridders). Exit status 1 where any differ.",
      {{"MODEL|KIND", "a saved model (with --data), or a kind, on a small random example"}},
      join({{{"data", "DATA", "digits",
              "the batch's data: digits, a folder of IDX files, FILE.csv or FILE.npy"},
             {"rows", "A:B", "0:5", "the batch: the examples A ≤ i < B"},
             {"scale", "HOW", "none",
              "none, minmax or standard, by what the batch holds (a saved model has its own)"},
             {"seed", "N", "1", "of the random example"}},
            model_specs(),
            json_specs()}),
      1,
      1};
  const auto options = read_command_line(line, arguments);
  if (!options) return 0;
  Subject subject = subject_of(*options);
  const std::vector<Parameter*> parameters = subject.model.parameters();
  std::printf("%s %s on %zu examples, %zu weights, %s\n", subject.title.c_str(),
              layers_text(subject.model.sizes()).c_str(), subject.batch.X.rows(), count_of(parameters),
              real_name);

  Tape tape;
  const Objective objective =
      subject.model.objective(tape, tape.input(subject.batch.X, "X"), {}, Mode::training);
  const std::size_t terms = objective.terms.size() + 1;  // the total is the last
  ExplicitBackprop explicit_backprop(subject.model);
  const auto by_hand = gradients_by_term(parameters, terms, [&](std::size_t t) {
    if (t + 1 == terms) {
      explicit_backprop.gradients(subject.batch);
    } else {
      explicit_backprop.gradients_of_term(subject.batch, objective.terms[t].name);
    }
  });
  const auto by_tape = gradients_by_term(parameters, terms, [&](std::size_t t) {
    tape.backward(t + 1 == terms ? objective.total : objective.terms[t].value);
  });

  const double most_allowed = sizeof(Real) == 8 ? 1e-12 : 1e-4;
  std::printf("\n%-16s %-16s %8s %16s %16s   %s\n", "parameter", "term", "entries", "explicit - tape",
              "tape - numeric", "verdict");
  bool all_right = true, all_decided = true;
  Json rows = Json::array();
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    const std::vector<TensorCheck> checks = check_objective(tape, objective, {parameters[p]});
    for (std::size_t t = 0; t < terms; ++t) {
      const double difference = relative_difference(by_hand[t][p], by_tape[t][p]);
      const bool agrees = difference <= most_allowed;
      all_right = all_right && agrees && checks[t].verdict != Verdict::wrong;
      all_decided = all_decided && checks[t].verdict != Verdict::undecided;
      print_row(checks[t], difference, agrees);
      rows.push(row_json(checks[t], difference));
    }
  }
  if (!all_right) {
    Rng rng(seed_of(*options));
    const std::string culprit = blame(check_every_node(tape, objective.total, rng));
    if (!culprit.empty()) std::printf("\n%s\n", culprit.c_str());
  }
  std::printf("\ndifferences are relative to the largest entry of each gradient; %s\n",
              !all_right    ? "SOMETHING IS WRONG"
              : all_decided ? "all agree"
                            : "nothing is wrong, but some entries could not be decided");
  write_json(
      *options,
      Json::object({{"subject", subject.title}, {"real", real_name}, {"ok", all_right}, {"checks", rows}}));
  return all_right ? 0 : 1;
}

}  // namespace strata::cli
