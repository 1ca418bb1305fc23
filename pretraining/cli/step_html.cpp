#include "pretraining/cli/step_html.hpp"

namespace strata::cli {

void write_trace_page(const std::string& file, const std::string&, Tape&, const Objective&) {
  throw Error(text("html ", file, ": this build has no trace page yet; nothing was written"));
}

}  // namespace strata::cli
