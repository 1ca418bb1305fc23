#pragma once
// The rows of `strata bench` for people and for machines.

#include "core/io/json.hpp"
#include "pretraining/cli/bench/rows.hpp"

namespace strata::cli {

/// One line: what the columns are.
void print_table_head();
/// A heading wherever another group begins, and a line for each row, within 100 columns.
void print_rows(const std::vector<Row>& rows);

/// {"group":"matmul","name":"512x512x512","threads":1,"value":…,"unit":"GFLOP/s","lowest":…,"highest":…,"peak":…,"share_of_peak":…}
Json row_json(const Row& row);

}  // namespace strata::cli
