#include <cstdio>

#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/step/trace_file.hpp"
#include "pretraining/cli/subject.hpp"

namespace strata::cli {

int trace_command(const Arguments& arguments) {
  const CommandLine line{
      "strata trace MODEL|KIND [options]",
      "Writes a page to step through one forward and backward pass: the graph, every visit of a "
      "rule, every "
      "number, each rule with its source and a numerical check. One file, for any browser, from "
      "disk.",
      {{"MODEL|KIND", "a saved model (with --data), or a kind, on a small random example"}},
      join({{{"out", "FILE", "trace.html", "the page to write", 'o'},
             {"entries", "N", "1024", "numbers kept of each tensor; larger ones are sampled"},
             {"checked", "N", "10000",
              "nodes with more trained entries are not held against differences"}},
            subject_specs()}),
      1,
      1};
  const auto options = read_command_line(line, arguments);
  if (!options) return 0;
  check_can_write(*options, {"out"});
  const TraceOptions settings{options->size("entries", 1), options->size("checked")};
  Subject subject = subject_of(*options);

  Tape tape;
  const Var X = tape.input(subject.batch.X, "X");
  const Objective objective = subject.model->objective(tape, X, {}, Mode::training);
  const std::string words =
      write_trace_page(options->text("out"), title_of(subject), tape, objective, settings);
  std::fputs(words.c_str(), stdout);
  return 0;
}

}  // namespace strata::cli
