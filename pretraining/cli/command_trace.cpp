#include <cstdio>

#include "core/io/files.hpp"
#include "core/trace/trace.hpp"
#include "pretraining/cli/commands.hpp"
#include "pretraining/cli/subject.hpp"

namespace strata::cli {
namespace {

// "multilayer 6-5-3 on 5 examples"; of a very deep model the ends and the number of layers.
std::string title_of(const Subject& subject) {
  const std::vector<std::size_t> sizes = subject.model.sizes();
  std::string layers = layers_text(sizes);
  if (sizes.size() > 8) {
    layers = text(sizes[0], "-", sizes[1], "-…-", sizes.back(), " (", 2 * (sizes.size() - 1), " layers)");
  }
  return text(subject.title, " ", layers, " on ", subject.batch.X.rows(), " examples");
}

}  // namespace

int trace_command(const Arguments& arguments) {
  const CommandLine line{
      "strata trace MODEL|KIND [options]",
      "Writes a page to step through one forward and backward pass: the graph, every visit of a rule, every "
      "number, each rule with its source and a numerical check. One file, for any browser, from disk.",
      {{"MODEL|KIND", "a saved model (with --data), or a kind, on a small random example"}},
      join({{{"out", "FILE", "trace.html", "the page to write", 'o'},
             {"entries", "N", "1024", "numbers kept of each tensor; larger ones are sampled"},
             {"checked", "N", "512", "nodes with more trained entries are not held against differences"}},
            subject_specs()}),
      1,
      1};
  const auto options = read_command_line(line, arguments);
  if (!options) return 0;
  check_can_write(*options, {"out"});
  const TraceOptions settings{options->size("entries", 1), options->size("checked")};
  Subject subject = subject_of(*options);
  const std::string title = title_of(subject);

  Tape tape;
  const Var X = tape.input(subject.batch.X, "X");
  const Objective objective = subject.model.objective(tape, X, {}, Mode::training);
  const std::string page = trace_page(title, tape, objective, settings);
  const std::string& file = options->text("out");
  write_file(file, page);
  std::printf("%s: %s, %d nodes\n", file.c_str(), title.c_str(), objective.total.index + 1);
  std::printf("open it in a browser (xdg-open %s, or double-click); press ? there for the keys\n",
              file.c_str());
  const double megabytes = double(page.size()) / 1e6;
  if (megabytes > 20) {
    std::printf("it has %.0f MB, and a browser will take a moment (--entries N keeps fewer numbers)\n",
                megabytes);
  }
  return 0;
}

}  // namespace strata::cli
