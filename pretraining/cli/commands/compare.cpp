#include <cstdio>

#include "core/io/files.hpp"
#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/kinds/model_options.hpp"
#include "pretraining/pages/compare.hpp"
#include "pretraining/runs/compare.hpp"

namespace strata::cli {
namespace {

constexpr std::size_t usual_code_size = 16;

CommandLine compare_command_line() {
  const std::vector<OptionSpec> own = {
      {"hidden", "N", "",
       "code units of every kind that can have so many (default: 16, at most half the features; "
       "kinds whose "
       "own code is wider, sparse and the like, or feature maps, convolutional, then keep it)"},
      {"neighbours", "K", "5", "how many nearest neighbours vote on a code's class"},
      {"epochs", "N", "",
       "passes over the training rows, the same for every kind (default: each kind's own)"},
      {"out", "FOLDER", "build/compare", "where to: report.html and results.json", 'o'}};
  const std::vector<OptionSpec> machine = {
      {"seed", "N", "1", "of every random draw: each kind begins with it"},
      threads_spec(),
      {"quiet", "", "", "no progress bar"}};
  return {"strata compare [KIND …] [options]",
          "Trains every kind of autoencoder on the same data and puts them into one table: error, "
          "sparsity and "
          "contraction of the code, whether its nearest neighbours are of the same class, and "
          "seconds. Raw data "
          "and PCA stand beside them. A kind that cannot take the data is left out, and named. "
          "Writes a page.",
          {{"KIND …", "only these: " + kind_names()}},
          join({data_specs(), own, machine, json_specs()}),
          0,
          kinds().size()};
}

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
  if (o.given("hidden")) return o.size("hidden", 1);
  return std::min(usual_code_size, std::max<std::size_t>(1, features / 2));
}

// Options as `strata train KIND` would have them.
Options training_options(const Options& o, std::size_t hidden) {
  std::vector<std::string> arguments;
  if (hidden > 0) arguments = {"--hidden", text(hidden)};
  if (o.given("epochs")) {
    arguments.push_back("--epochs");
    arguments.push_back(o.text("epochs"));
  }
  return Options(join({model_specs(), training_specs()}), arguments);
}

// Being wide is the point of some kinds' code, and of the convolutional one's that it is feature
// maps (0 units): a dense layer over them would take their places away.
bool has_code_of_its_own(const Kind& kind) {
  return kind.defaults.hidden > usual_code_size || kind.defaults.hidden == 0;
}

// With the common size of code where the kind can have it, else with its own.
struct Made {
  Options options;
  Rng rng;
  std::unique_ptr<Autoencoder> model;
};

Made make_member(const Kind& kind, const Dataset& train, const Options& o, std::size_t code_size) {
  const DataShape shape{train.features(), train.image};
  const bool keeps_its_own = !can_have_code(kind, code_size, shape.features) ||
                             (!o.given("hidden") && has_code_of_its_own(kind));
  Made made{training_options(o, keeps_its_own ? 0 : code_size), Rng(seed_of(o)), nullptr};
  made.model = make_model(kind, shape, made.options, made.rng);
  return made;
}

std::string cell(const std::optional<double>& value, const char* format) {
  if (!value) return "-";
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, format, *value);
  return buffer;
}

void print_header(const CompareResults& results) {
  const TrainTest& data = results.data;
  std::printf(
      "%s: %zu training and %zu test examples of %zu features; a code of %zu numbers where the "
      "kind's own is "
      "not wider, seed %llu\n\n",
      data.train.name.c_str(), data.train.size(), data.test.size(), data.train.features(),
      results.code_size, static_cast<unsigned long long>(results.seed));
  std::printf("%-14s %5s %8s %10s %10s %7s %7s %6s %10s %8s %7s %8s  %s\n", "", "code", "weights",
              "train", "test", "zeros %", "mean h", "Hoyer", "|dh/dx|^2", "relative",
              text(results.neighbours, "-NN %").c_str(), "seconds", "layers");
}

void print_member(const CompareMember& m) {
  const CodeMeasures& c = m.measures;
  std::optional<double> percent = c.neighbour_accuracy;
  if (percent) *percent *= 100;
  std::printf("%-14s %5zu %8zu %10.4f %10s %7.1f %7.3f %6s %10.4g %8s %7s %8.2f  %s\n",
              pages::member_name(m).c_str(), m.code_size, m.weights, m.train_error,
              cell(m.test_error, "%.4f").c_str(), 100 * c.share_of_zeros, c.mean_activation,
              cell(c.hoyer, "%.3f").c_str(), c.contraction,
              cell(c.relative_contraction, "%.4f").c_str(), cell(percent, "%.2f").c_str(),
              m.seconds, m.architecture.c_str());
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
  print_member(add_member(results, kind.name, kind.point, *made.model, history, &workers));
}

void print_notes(const Options& o, const CompareResults& results) {
  const bool was_asked_for = o.given("hidden") && !o.positional().empty();
  for (const CompareMember& m : results.members) {
    if (was_asked_for && !m.yardstick && m.code_size != results.code_size) {
      std::printf("%s keeps its own code of %zu: it cannot have %zu of %zu features\n",
                  m.name.c_str(), m.code_size, results.code_size, results.data.train.features());
    }
  }
  for (const LeftOut& one : results.left_out) std::printf("left out: %s\n", one.reason.c_str());
  if (!results.has_test()) {
    std::printf(
        "no test rows: codes are measured on training rows, and neighbours are not asked\n");
  } else if (!results.has_neighbours()) {
    std::printf("no labels: neighbours are not asked\n");
  }
}

void write_results(const Options& o, const CompareResults& results, std::size_t threads,
                   const Arguments& arguments) {
  const std::string out = o.text("out");
  const RunFacts facts{STRATA_VERSION, threads, command_text("compare", arguments)};
  const Json json = compare_results_json(results, facts);
  write_file(out + "/results.json", json.dump(2) + "\n");
  write_file(out + "/report.html", pages::compare_page(results, facts));
  write_json(o, json);
  std::printf("\nwrote %s/report.html (open it in a browser) and results.json\n", out.c_str());
}

}  // namespace

int compare_command(const Arguments& arguments) {
  const auto options = read_command_line(compare_command_line(), arguments);
  if (!options) return 0;
  const Options& o = *options;
  const std::vector<const Kind*> chosen = chosen_kinds(o);
  check_can_write(o, {"json"});
  if (o.given("epochs")) o.size("epochs");
  const ScaledData input = training_data(o);
  Workers workers(threads_of(o));
  Progress progress(!o.flag("quiet"));
  make_folder(o.text("out"));

  CompareResults results =
      start_compare(input.data, common_code_size(o, input.data.train.features()),
                    o.size("neighbours", 1), seed_of(o), &workers);
  print_header(results);
  for (const CompareMember& yardstick : results.members) print_member(yardstick);
  for (const Kind* kind : chosen) {
    try {
      train_member(results, *kind, o, workers, progress);
    } catch (const Error& error) {
      if (!o.positional().empty()) throw;  // it was asked for
      const std::string name = kind->name, what = error.what();
      results.left_out.push_back({name, what.starts_with(name) ? what : name + ": " + what});
    }
  }
  check(results.members.size() > 2, "compare: no kind can take these data: ",
        results.left_out.empty() ? "" : results.left_out.front().reason);
  print_notes(o, results);
  write_results(o, results, workers.threads(), arguments);
  return 0;
}

}  // namespace strata::cli
