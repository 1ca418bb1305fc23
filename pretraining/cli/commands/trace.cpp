#include <cstdio>
#include <filesystem>

#include "core/io/files.hpp"
#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/kinds/subject.hpp"
#include "pretraining/cli/result_file.hpp"

namespace strata::cli {
namespace {

constexpr const char* page = R"(
strata trace MODEL|KIND [options]

Writes a page to step through one forward and backward pass: the graph, every visit of a rule, every
number, each rule with its source and a numerical check. One file, for any browser, from disk.
)";

constexpr const char* own_options = R"(
-o, --out FILE [build/trace.html] {>}  the page to write
--entries N [1024] {[1, ∞)}  numbers kept of each tensor; larger ones are sampled
--checked N [10000]  nodes with more trained entries are not compared with numerical differences
)";

int run(const Options& options) {
  const TraceOptions settings{options.size("entries"), options.size("checked")};
  const std::string& file = options.text("out");
  if (!options.given("out")) {
    make_folder(std::filesystem::path(file).parent_path().string());
    check_can_write(file);
  }
  const Subject subject = subject_of(options);
  Tape tape;
  const Objective objective = subject.objective(tape);
  const std::string words = write_trace_page(file, title_of(subject), tape, objective, settings);
  std::fputs(words.c_str(), stdout);
  return 0;
}

}  // namespace

Command trace_command() {
  return {"a backward pass as a page for the browser",
          read_page(text(page, subject_argument, own_options, subject_options, model_options)),
          run};
}

}  // namespace strata::cli
