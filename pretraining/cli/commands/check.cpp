#include <cmath>
#include <cstdio>
#include <optional>

#include "autoencoders/denoising.hpp"
#include "autoencoders/explicit/walk.hpp"
#include "core/gradcheck/entry_sample.hpp"
#include "core/gradcheck/gradcheck.hpp"
#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/kinds/subject.hpp"
#include "pretraining/cli/result_file.hpp"

namespace strata::cli {
namespace {

constexpr const char* page = R"(
strata check MODEL|KIND [options]

Compares three gradients of one batch, parameter by parameter and term by term: the delta rule by
hand (explicit), the tape, and numerical differences (Ridders). The exit status is 1 if any differ.
Of a large model the differences are taken at a random sample of the entries, and the output says
so.
)";

constexpr const char* own_options = R"(
--blame  which rule is wrong? Each rule alone, and the delta rule number by number
--tries N {[1, ∞)}  differences at about N entries, drawn by --seed (default: all, or as many as
    take about 20 seconds)
--all  differences at every entry, however long that takes
)";

// gradients[t][p]: of term t (the total last) with respect to parameter p, as `run(t)` leaves it in
// the parameters.
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

// What the net was given on the tape: the batch, or the corrupted batch as it was drawn.
const Tensor& input_on(const Tape& tape, const Tensor& X) {
  for (const Node& node : tape.nodes) {
    if (node.op == &corrupt_op) return node.value;
  }
  return X;
}

std::vector<std::vector<Tensor>> gradients_by_hand(DenseAutoencoder& model, const Batch& batch,
                                                   const Objective& objective) {
  ExplicitBackprop backprop(model);
  const Tensor& input = input_on(*objective.total.tape, batch.X);
  const std::size_t terms = objective.terms.size() + 1;
  return gradients_by_term(model.parameters(), terms, [&](std::size_t t) {
    backprop.active = t + 1 == terms ? ActiveTerms{} : ActiveTerms::only(objective.terms[t].name);
    backprop.gradients(input, batch.X);
  });
}

// Of three gradients, the explicit one apart from the tape's, which is the odd one out? Tape and
// numeric were compared in `c`; where they differ most, the explicit one decides between them.
const char* verdict_text(const TensorCheck& c, const Tensor& by_hand) {
  if (c.verdict == Verdict::undecided) return verdict_name(c.verdict);
  if (c.verdict == Verdict::ok) return "EXPLICIT IS WRONG (tape and numeric agree)";
  const double from_tape = std::abs(double(by_hand[c.worst.index]) - c.worst.analytic);
  const double from_numeric = std::abs(double(by_hand[c.worst.index]) - c.worst.numeric);
  return from_numeric < 1e-3 * from_tape ? "TAPE IS WRONG (explicit and numeric agree)"
                                         : "ALL THREE DIFFER";
}

// Of the gradient by hand from the tape's; none for a model that the rule by hand does not cover.
using Difference = std::optional<double>;

// "24", and of a sample "120 of 16384".
std::string entries_text(const TensorCheck& c) {
  const bool is_sample = c.checked < c.shape.size();
  return is_sample ? text(c.checked, " of ", c.shape.size()) : text(c.checked);
}

// As wide as the columns of names and of entries must be.
struct Widths {
  int name, entries;
};

void print_row(const TensorCheck& c, Widths widths, Difference explicit_tape, const char* verdict) {
  const std::string difference = explicit_tape ? formatted("%.1e", *explicit_tape) : "-";
  std::printf("%-*s %-16s %*s %16s %16.1e   %s", widths.name, c.tensor.c_str(), c.term.c_str(),
              widths.entries, entries_text(c).c_str(), difference.c_str(), c.largest_difference,
              verdict);
  if (c.verdict == Verdict::undecided) std::printf(": %s", c.worst.reason.c_str());
  std::printf("\n");
  std::fflush(stdout);
}

Json row_json(const TensorCheck& c, Difference explicit_tape) {
  return Json::object({{"parameter", c.tensor},
                       {"term", c.term},
                       {"entries", c.shape.size()},
                       {"tried", c.checked},
                       {"explicit_tape", explicit_tape ? Json(*explicit_tape) : Json()},
                       {"tape_numeric", c.largest_difference},
                       {"wrong", c.wrong},
                       {"undecided", c.undecided},
                       {"verdict", verdict_name(c.verdict)}});
}

// The rule on the tape that is wrong, and where the rule by hand first differs from the tape.
// Numbers that are not finite say nothing about the rule by hand.
void print_culprits(Subject& subject, const Objective& objective, bool is_finite,
                    std::uint64_t seed) {
  Tape& tape = *objective.total.tape;
  Rng rng(seed);
  const std::string culprit = blame(check_every_node(tape, objective.total, rng));
  if (!culprit.empty()) std::printf("\n%s\n", culprit.c_str());
  if (!is_finite || subject.dense() == nullptr) return;
  const std::string place =
      explain_first_difference(explicit_walk(*subject.dense(), subject.batch, tape, objective));
  if (!place.empty())
    std::printf("\nthe rule by hand: %s\n", beside_tape(place, !culprit.empty()).c_str());
}

const char* conclusion(bool has_wrong, bool all_decided, bool is_finite, bool is_sample) {
  if (has_wrong) return "SOMETHING IS WRONG";
  if (!is_finite) return "NOT EVERYTHING IS FINITE, and little can be said";
  if (!all_decided) return "nothing is wrong, but some entries could not be decided";
  return is_sample ? "all that were tried agree" : "all agree";
}

// What the three say, row by row.
struct Verdicts {
  bool all_decided = true, has_wrong = false;
  Json rows = Json::array();
};

Verdicts compare_gradients(Subject& subject, const Objective& objective, bool is_finite,
                           const EntrySample& sample, Workers& workers) {
  Tape& tape = *objective.total.tape;
  const std::vector<Parameter*> parameters = subject.model->parameters();
  const std::size_t terms = objective.terms.size() + 1;  // the total is the last
  DenseAutoencoder* const dense =
      has_explicit_backprop(*subject.model) ? dense_net_of(*subject.model) : nullptr;
  std::vector<std::vector<Tensor>> by_hand;
  if (dense != nullptr) by_hand = gradients_by_hand(*dense, subject.batch, objective);
  const auto by_tape = gradients_by_term(parameters, terms, [&](std::size_t t) {
    tape.backward(t + 1 == terms ? objective.total : objective.terms[t].value);
  });
  const Widths widths{name_width(parameters), sample.is_whole() ? 8 : 18};
  std::printf("\n%-*s %-16s %*s %16s %16s   %s\n", widths.name, "parameter", "term", widths.entries,
              "entries", "explicit - tape", "tape - numeric", "verdict");
  Verdicts found;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    const std::vector<TensorCheck> checks = check_objective(
        tape, objective, {parameters[p]}, {.entries = {sample.entries[p]}, .workers = &workers});
    for (std::size_t t = 0; t < terms; ++t) {
      const TensorCheck& c = checks[t];
      Difference difference;
      if (dense != nullptr) difference = relative_difference(by_hand[t][p], by_tape[t][p]);
      const bool agrees = !difference || *difference <= most_difference_from_tape();
      if (c.verdict == Verdict::wrong || (!agrees && is_finite)) found.has_wrong = true;
      if (c.verdict == Verdict::undecided) found.all_decided = false;
      print_row(c, widths, difference,
                agrees ? verdict_name(c.verdict) : verdict_text(c, by_hand[t][p]));
      found.rows.push(row_json(c, difference));
    }
  }
  return found;
}

// As --tries and --all say, or as many as do not take long.
EntrySample entries_to_try(const Options& options, Tape& tape, Autoencoder& model) {
  const std::vector<Parameter*> parameters = model.parameters();
  const std::size_t all = count_of(parameters);
  const std::size_t affordable = affordable_entries(tape, parameters);
  if (options.flag("all") && affordable < all) {
    std::printf("every one of %zu entries is tried: this takes long (without --all, %zu are)\n",
                all, affordable);
    std::fflush(stdout);
  }
  std::size_t count = options.flag("all") ? all : affordable;
  options.read("tries", count);
  return sample_of_entries(parameters, count, options.size("seed"));
}

int run(const Options& options) {
  for (const char* name : {"all", "tries"}) {
    if (options.given(name) && options.flag("blame"))
      throw UsageError(
          text("--", name, ": --blame moves all entries at once, and does not take it"));
  }
  if (options.flag("all") && options.given("tries"))
    throw UsageError("--tries: has no effect with --all");
  Subject subject = subject_of(options);
  const std::size_t weights = count_of(subject.model->parameters());
  std::printf("%s %s on %zu examples, %zu weights, %s\n", subject.title.c_str(),
              subject.model->architecture().c_str(), subject.batch.X.rows(), weights, real_name);
  if (options.flag("blame")) return blame_command(options, subject);

  Workers workers(threads_of(options));
  Tape tape;
  const Objective objective = subject.objective(tape);
  tape.backward(objective.total);
  const std::string not_finite = not_finite_remark(tape, options);
  const bool is_finite = not_finite.empty();
  if (!is_finite) std::printf("\n%s", not_finite.c_str());
  const EntrySample sample = entries_to_try(options, tape, *subject.model);
  const Verdicts found = compare_gradients(subject, objective, is_finite, sample, workers);
  if (found.has_wrong) print_culprits(subject, objective, is_finite, options.size("seed"));
  const bool all_right = is_finite && !found.has_wrong;
  std::printf("\ndifferences are relative to the largest entry of each gradient; %s\n",
              conclusion(found.has_wrong, found.all_decided, is_finite, !sample.is_whole()));
  if (!sample.is_whole()) std::printf("%s\n", sample_remark(sample).c_str());
  write_json(options, Json::object({{"subject", subject.title},
                                    {"real", real_name},
                                    {"ok", all_right},
                                    {"entries", sample.of},
                                    {"tried", sample.tried},
                                    {"share_found", sample.share_found},
                                    {"checks", found.rows}}));
  return all_right ? 0 : 1;
}

}  // namespace

Command check_command() {
  return {"explicit, tape and numeric gradients side by side",
          read_page(text(page, subject_argument, own_options, subject_options, model_options,
                         threads_option, json_option)),
          run};
}

}  // namespace strata::cli
