#include <algorithm>
#include <cstdio>

#include "core/io/files.hpp"
#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/data_options.hpp"
#include "pretraining/cli/kinds/model_options.hpp"
#include "pretraining/cli/result_file.hpp"
#include "pretraining/pages/compare.hpp"
#include "pretraining/runs/compare.hpp"

namespace strata::cli {
namespace {

constexpr const char* page = R"(
strata compare [KIND …] [options]

Trains every kind of autoencoder on the same data and puts them into one table, next to raw data and
PCA: the error, the sparsity and contraction of the code, whether its nearest neighbours are of the
same class, and the seconds it took. A kind that does not suit the data is left out, and the output
says so. Writes a page.

KIND …  only these: )";

constexpr const char* own_options = R"(
--hidden N {[1, ∞)}  code units, for every kind that can have this many (default: 16, at most half
    the features; without this option, kinds whose own code is wider, such as sparse, or consists of
    feature maps, such as convolutional, keep it)
--neighbours K [5] {[1, ∞)}  how many nearest neighbours vote on a code's class
--epochs N  passes over the training rows, the same for every kind (default: each kind's own)
-o, --out FOLDER [build/compare]  where report.html and results.json go
--seed N [1] {[0, 9007199254740992]}  seeds every random draw: each kind begins with it
)";

constexpr std::size_t usual_code_size = 16;

std::vector<const Kind*> chosen_kinds(const Options& o) {
  std::vector<const Kind*> chosen;
  if (o.positional().empty()) {
    for (const Kind& kind : kinds()) chosen.push_back(&kind);
  }
  for (const std::string& name : o.positional()) {
    const Kind* kind = &kind_named(name);
    for (const Kind* other : chosen) {
      if (other == kind) throw UsageError(text("the kind ", name, " is named twice"));
    }
    chosen.push_back(kind);
  }
  return chosen;
}

std::size_t common_code_size(const Options& o, std::size_t features) {
  std::size_t units = std::min(usual_code_size, std::max<std::size_t>(1, features / 2));
  o.read("hidden", units);
  return units;
}

// Being wide is the point of some kinds' code, and of the convolutional one's that it is feature
// maps (0 units): a dense layer over them would take their places away.
bool has_code_of_its_own(const Kind& kind) {
  return kind.defaults.hidden > usual_code_size || kind.defaults.hidden == 0;
}

// A model, and the options that `strata train KIND` would have for it.
struct Made {
  Options options;
  Rng rng;
  std::unique_ptr<Autoencoder> model;
};

// With the common size of code where the kind can have it, else with its own.
Made make_member(const Kind& kind, const Dataset& train, const Options& o, std::size_t code_size) {
  const DataShape shape{train.features(), train.image};
  const bool keeps_its_own = !can_have_code(kind, code_size, shape.features) ||
                             (!o.given("hidden") && has_code_of_its_own(kind));
  std::vector<std::string> words = o.words_of({{.name = "epochs", .value = "N"}});
  if (!keeps_its_own) words.insert(words.end(), {"--hidden", text(code_size)});
  Made made{Options(kind_specs(), words), Rng(o.size("seed")), nullptr};
  made.model = make_model(kind, shape, made.options, made.rng);
  return made;
}

std::string cell(const std::optional<double>& value, const char* format) {
  return value ? formatted(format, *value) : "-";
}

void print_header(const CompareResults& results, const ScaledData& input) {
  const TrainTest& data = results.data;
  std::printf(
      "%s: %zu training and %zu test examples of %zu features; a code of %zu numbers where the "
      "kind's own is not wider, seed %llu\n",
      data.train.name.c_str(), data.train.size(), data.test.size(), data.train.features(),
      results.code_size, static_cast<unsigned long long>(results.seed));
  print_about(input);
  std::printf("\n%-14s %5s %8s %10s %10s %8s %7s %7s %6s %10s %8s %7s %8s  %s\n", "", "code",
              "weights", "train", "test", "expl. %", "zeros %", "mean h", "Hoyer", "|dh/dx|^2",
              "relative", text(results.neighbours, "-NN %").c_str(), "seconds", "layers");
}

void print_member(const CompareResults& results, const CompareMember& m) {
  const CodeMeasures& c = m.measures;
  std::optional<double> percent = c.neighbour_accuracy;
  if (percent) *percent *= 100;
  std::printf("%-14s %5zu %8zu %10s %10s %8.1f %7.1f %7.3f %6s %10.4g %8s %7s %8.2f  %s\n",
              pages::member_name(m).c_str(), m.code_size, m.weights,
              plain(m.train_error, 4).c_str(),
              (m.test_error ? plain(*m.test_error, 4) : "-").c_str(), 100 * results.explained(m),
              100 * c.share_of_zeros, c.mean_activation, cell(c.hoyer, "%.3f").c_str(),
              c.contraction, cell(c.relative_contraction, "%.4f").c_str(),
              cell(percent, "%.2f").c_str(), m.seconds, m.architecture.c_str());
  std::fflush(stdout);
}

// Trains one kind and adds it. Throws Error where the data is not for it.
void train_member(CompareResults& results, const Kind& kind, const Options& o, Workers& workers,
                  Progress& progress) {
  const Dataset& train_rows = results.data.train;
  Made made = make_member(kind, train_rows, o, results.code_size);
  made.model->check_data(train_rows.X);
  FitOptions fit = fit_options(kind, train_rows.size(), made.options);
  fit.label = kind.name;
  const History history = train(*made.model, train_rows, made.rng, fit,
                                {.workers = &workers, .listeners = {.progress = &progress}});
  progress.finish();
  print_member(results, add_member(results, kind.name, kind.point, *made.model, history, &workers));
}

void print_rest(const Options& o, const CompareResults& results) {
  const bool was_asked_for = o.given("hidden") && !o.positional().empty();
  for (const CompareMember& m : results.members) {
    if (was_asked_for && !m.yardstick && m.code_size != results.code_size) {
      std::printf("%s keeps its own code of %zu: it cannot have %zu of %zu features\n",
                  m.name.c_str(), m.code_size, results.code_size, results.data.train.features());
    }
  }
  for (const std::string& reason : results.reasons_left_out())
    std::printf("left out: %s\n", reason.c_str());
  print_notes(results.remarks());
  if (!results.has_test()) {
    std::printf(
        "no test rows: codes are measured on training rows, and neighbours are not asked\n");
  } else if (!results.has_neighbours()) {
    std::printf("no labels: neighbours are not asked\n");
  }
}

int run(const Options& o) {
  const std::vector<const Kind*> chosen = chosen_kinds(o);
  if (o.given("epochs")) o.size("epochs");
  const ScaledData input = training_data(o);
  Workers workers(threads_of(o));
  Progress progress(!o.flag("quiet"));
  make_folder(o.text("out"));
  for (const std::string& file : run_files(o.text("out"))) check_can_write(file);

  CompareResults results =
      start_compare(input.data, common_code_size(o, input.data.train.features()),
                    o.size("neighbours"), o.size("seed"), &workers);
  print_header(results, input);
  for (const CompareMember& yardstick : results.members) print_member(results, yardstick);
  for (const Kind* kind : chosen) {
    try {
      train_member(results, *kind, o, workers, progress);
    } catch (const Error& error) {
      if (!o.positional().empty()) throw;  // it was asked for
      const std::string name = kind->name, what = error.what(), prefix = name + ": ";
      results.left_out.push_back(
          {name, what.starts_with(prefix) ? what.substr(prefix.size()) : what});
    }
  }
  check(results.members.size() > 2, "compare: the data suits no kind: ",
        results.left_out.empty() ? "" : results.left_out.front().reason);
  print_rest(o, results);
  std::printf("\n");
  const RunFacts facts = run_facts("compare", o, workers, results.data);
  write_run(o, o.text("out"), compare_results_json(results, facts),
            pages::compare_page(results, facts), " and results.json");
  return 0;
}

}  // namespace

Command compare_command() {
  return {"every kind on the same data, in one table",
          read_page(text(page, kind_names(), data_options(), own_options, threads_option,
                         quiet_option, json_option)),
          run};
}

}  // namespace strata::cli
