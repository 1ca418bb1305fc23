#pragma once
// What `strata train KIND --help` says: the options that the kind takes, with the defaults that it
// really has. They are read off a model of the kind, so that they cannot drift from the code.

#include "pretraining/cli/kinds/kinds.hpp"

namespace strata::cli {

/// Of model_specs those that the kind takes, then training_specs and machine_specs; in brackets the
/// values that it has on the digits. For --help alone: a command reads the specs themselves.
std::vector<OptionSpec> specs_with_defaults(const Kind& kind);

/// Each kind and its point, below "KIND", for the list of arguments.
std::vector<std::pair<std::string, std::string>> list_of_kinds();

}  // namespace strata::cli
