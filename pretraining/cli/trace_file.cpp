#include "pretraining/cli/trace_file.hpp"

#include "core/io/files.hpp"
#include "pretraining/cli/common.hpp"

namespace strata::cli {

std::string write_trace_page(const std::string& file, const std::string& title, Tape& tape,
                             const Objective& objective, const TraceOptions& options) {
  const std::string page = trace_page(title, tape, objective, options);
  write_file(file, page);
  std::string words = text(file, ": ", title, ", ", objective.total.index + 1,
                           " nodes\nopen it in a browser (xdg-open ", shell_word(file),
                           ", or double-click); press ? there for the keys\n");
  const std::size_t megabytes = page.size() / 1000000;
  if (megabytes > 20) {
    words += text("it has ", megabytes,
                  " MB, and a browser will take a moment (--entries N keeps fewer numbers)\n");
  }
  return words;
}

}  // namespace strata::cli
