#pragma once
// The blocks a page is made of. Texts are HTML unless said otherwise.

#include <string>
#include <vector>

#include "core/charts/svg.hpp"
#include "layers/history.hpp"
#include "pretraining/pages/words.hpp"
#include "pretraining/runs/results_head.hpp"

namespace strata::pages {

/// <section> under a heading; empty where the content is.
std::string section(const std::string& heading, const std::string& content);
std::string figure(const std::string& content, const std::string& caption);
/// Figures, charts or tables beside each other where there is room; empty where all of them are.
std::string beside(const std::vector<std::string>& figures);
std::string figure_of_chart(const std::vector<Series>& lines, const LineChartOptions& options,
                            const std::string& caption);

// ---- the lines of training curves
/// The loss of each epoch; of the validation set, with gaps where it was not measured. Counted on
/// from `epochs_before`.
Series training_line(const std::string& name, const History& history,
                     std::size_t epochs_before = 0);
Series validation_line(const std::string& name, const History& history);
/// The total and, where there are several, each term over the epochs.
std::vector<Series> lines_of_terms(const History& history);

// ---- tables
/// A paragraph for each remark on a result.
std::string notes(const std::vector<std::string>& remarks);

using Cells = std::vector<std::string>;
/// A table: `columns` heads them, the first above the rows' names, the rest above numbers. One row
/// may be marked as the best.
std::string table(const std::string& caption, const Cells& columns, const std::vector<Cells>& rows,
                  const std::string& css_class = "", std::size_t best = std::size_t(-1));
/// Its parts, for a table that is put together by hand: between <div class="table"><table> and
/// </table></div>.
std::string table_head(const Cells& columns);
std::string table_row(const Cells& cells, const std::string& css_class = "");

/// The whole page: the body, then the section "Read on" that begins with `read_on` and ends with
/// how the page was made. `title` is escaped here. `css` is added to what all pages have.
std::string page(const std::string& title, const std::string& body, const std::string& read_on,
                 const RunFacts& facts, const std::string& css = "");

}  // namespace strata::pages
