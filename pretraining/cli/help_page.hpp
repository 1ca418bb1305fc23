#pragma once
// A command's page: the text that its --help shows is also what the command line is read by. The
// usage, a summary and rows, between blank lines; each row its head, two blanks and the help, in
// lines that are indented after the first:
//
//   strata encode MODEL [options]
//
//   The codes of data under a saved model.
//
//   MODEL  a file that `strata train` wrote
//
//   --rows A:B [0:5]         the value if none is given stands in brackets,
//   --rho P [0.05] {(0, 1)}  those that it may have in braces: a range,
//   --loss LOSS {half_mse bce}          or words,
//   -o, --save FILE {> .npy .csv}       or the endings of a file that is written
//   --quiet                  a flag has no value

#include <string>
#include <utility>
#include <vector>

#include "pretraining/cli/options.hpp"

namespace strata {

struct CommandPage {
  std::string usage, summary;
  std::vector<std::pair<std::string, std::string>> positional;  // name and help
  std::vector<OptionSpec> specs;
};

CommandPage read_page(const std::string& page);
/// The options of such rows alone.
std::vector<OptionSpec> read_specs(const std::string& rows);

constexpr std::size_t screen_width = 100;
/// What --help prints: in columns, wrapped at the screen's width.
std::string help_text(const CommandPage& page);
/// Broken at spaces into lines of at most `width` columns. The first begins at `column`, the others
/// with `indent` spaces.
std::string wrapped(const std::string& words, std::size_t width, std::size_t indent,
                    std::size_t column = 0);

}  // namespace strata
