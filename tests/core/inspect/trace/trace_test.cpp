// The page of a trace: its data hold every number of the journal, exactly, and it stands alone.
// What the page does is tested in a browser, by tests/checks/trace_page.sh.

#include "core/inspect/trace/trace.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "core/inspect/trace/layers.hpp"
#include "core/inspect/trace/page_files.hpp"
#include "core/io/files.hpp"
#include "tests/check_close.hpp"
#include "tests/contains.hpp"
#include "tests/core/autodiff/examples.hpp"
#include "tests/core/autodiff/recorded.hpp"
#include "tests/core/inspect/trace/pages.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

DenseAutoencoderOptions sparse_options() {
  return {.sizes = {6, 4}, .penalties = {.rho = Real(0.1), .beta = 1, .decay = Real(0.01)}};
}

Real number_of(const Json& json) {
  if (json.is_number()) return Real(json.as_number());
  const std::string& word = json.as_string();
  const Real infinity = std::numeric_limits<Real>::infinity();
  CHECK((word == "NaN" || word == "Infinity" || word == "-Infinity"));
  return word == "NaN"        ? std::numeric_limits<Real>::quiet_NaN()
         : word == "Infinity" ? infinity
                              : -infinity;
}

void check_same(const Snapshot& snapshot, const Json& data, const Json& position) {
  const Json& tensor = data.at("tensors").items()[position.as_size()];
  const auto& values = tensor.at("values").items();
  REQUIRE(values.size() == snapshot.values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Real read = number_of(values[i]), kept = snapshot.values[i];
    const bool same = read == kept || (std::isnan(read) && std::isnan(kept));
    CHECK_MESSAGE(same, "entry ", i, ": ", double(read), " instead of ", double(kept));
  }
  CHECK(tensor.has("bad") == (snapshot.non_finite > 0));
  CHECK(tensor.has("rows") == !snapshot.is_whole());
  CHECK(tensor.at("shape").items().size() == snapshot.shape.rank);
  if (snapshot.is_whole()) return;
  for (std::size_t i = 0; i < snapshot.rows.size(); ++i)
    CHECK(tensor.at("rows").items()[i].as_size() == snapshot.rows[i]);
  for (std::size_t i = 0; i < snapshot.cols.size(); ++i)
    CHECK(tensor.at("cols").items()[i].as_size() == snapshot.cols[i]);
}

// Every number of the journal stands in the data.
void check_all_visits(const Journal& journal, const Json& data) {
  const auto& visits = data.at("visits").items();
  REQUIRE(visits.size() == journal.visits.size());
  for (std::size_t k = 0; k < visits.size(); ++k) {
    CAPTURE(k);
    const Visit& visit = journal.visits[k];
    CHECK(visits[k].at("node").as_size() == std::size_t(visit.node));
    if (visit.kind == Visit::Kind::forward) {
      check_same(visit.value, data, visits[k].at("value"));
      continue;
    }
    CHECK(visits[k].at("operand").as_size() == std::size_t(visit.operand));
    CHECK(visits[k].has("seed") == (visit.kind == Visit::Kind::seed));
    check_same(visit.before, data, visits[k].at("before"));
    check_same(visit.contribution, data, visits[k].at("contribution"));
    check_same(visit.after, data, visits[k].at("after"));
    CHECK(visits[k].has("terms") == !visit.by_term.empty());
    for (std::size_t t = 0; t < visit.by_term.size(); ++t) {
      const auto& part = visits[k].at("terms").items()[t].items();
      CHECK(part[0].as_size() == visit.by_term[t].term);
      check_same(visit.by_term[t].contribution, data, part[1]);
    }
  }
}

std::string layer_of_op(const Json& data, const std::string& op, std::size_t which) {
  for (const Json& node : data.at("nodes").items()) {
    if (data.at("ops").items()[node.at("op").as_size()].at("name").as_string() != op) continue;
    if (which-- == 0) return data.at("layers").items()[node.at("layer").as_size()].as_string();
  }
  return "";
}

}  // namespace

TEST_CASE("a trace holds every number of the journal, exactly, whole or sampled") {
  DenseAutoencoderOptions tied{.sizes = {6, 5, 3},
                               .loss = Loss::bce,
                               .tied = true,
                               .penalties = {.l1 = Real(0.1), .decay = Real(0.1)}};
  for (const DenseAutoencoderOptions& options : {sparse_options(), tied}) {
    for (std::size_t most_entries : {1024, 7}) {
      Recorded r(options);
      const Journal journal = journal_of(r.tape, r.objective, most_entries);
      const std::string page =
          trace_page("a model", r.tape, r.objective, {.most_entries = most_entries});
      const Json data = data_of(page);
      check_all_visits(journal, data);
      CHECK(data.at("title").as_string() == "a model");
      CHECK(data.at("nodes").items().size() == std::size_t(r.objective.total.index) + 1);
      CHECK(data.at("terms").items().size() == r.objective.terms.size());
      // As before
      for (Parameter* p : r.model.parameters()) CHECK(largest_magnitude(p->grad) == 0);
    }
  }
}

TEST_CASE("a trace keeps NaN and infinities, and a tensor once however often it occurs") {
  Tape tape;
  const Var x = tape.variable(Tensor({1, 3}, {0, -1, 2}), "x");
  const Var y = log(x);  // −∞, NaN, log 2
  const Objective objective = sum_of_terms({{"sum", sum(y)}});
  const Journal journal = journal_of(tape, objective);
  const std::string page = trace_page("logarithms", tape, objective);
  const Json data = data_of(page);
  check_all_visits(journal, data);
  CHECK(page.find("\"-Infinity\",\"NaN\"") != std::string::npos);
  const auto& visits = data.at("visits").items();
  const Json& seed = visits[journal.first_backward()];
  CHECK(seed.at("contribution").as_size() == seed.at("after").as_size());
  leave_for_the_browser("logarithms.html", page);
}

TEST_CASE("names of any length are for the browser to find room for, beside their shapes") {
  Tape tape;
  Rng rng(2);
  std::vector<Parameter> parameters;
  for (const char* name :
       {"basis", "encoder.0.input_gain", "memory of everything that was ever seen"})
    parameters.emplace_back(name, normal_tensor({100, 100}, rng), true);
  Var y = tape.input(normal_tensor({3, 100}, rng), "the examples of the first morning");
  for (Parameter& p : parameters) y = matmul(y, tape.parameter(p));
  const Objective objective =
      sum_of_terms({{"a term that has a name of many words", half_squared_norm(y)}});
  const std::string page = trace_page("names", tape, objective, {.most_checked = 0});
  leave_for_the_browser("names.html", page);
  CHECK(data_of(page).at("nodes").items().size() == 8);
}

TEST_CASE("names that look like markup stay names, and the page stands alone") {
  Tape tape;
  Parameter W("</script><!-- \"W\" & 'co' \\.W", Tensor::matrix({{1, 2}}), true);
  const Objective objective = sum_of_terms({{"<b>", half_squared_norm(tape.parameter(W))}});
  const std::string page = trace_page("<i>title</i> & more", tape, objective);
  const Json data = data_of(page);
  CHECK(data.at("nodes").items()[0].at("name").as_string() == W.name);
  CHECK(data.at("terms").items()[0].at("name").as_string() == "<b>");
  CHECK(count(page, "</script>") == 2);  // the data, and the page's own script
  CHECK(page.find("<!--") == std::string::npos);
  CHECK(page.find("<i>title") == std::string::npos);
  CHECK(page.find("http:") == std::string::npos);
  CHECK(page.find("https:") == std::string::npos);
  CHECK(page.find(" src=") == std::string::npos);
  CHECK(page.find("@import") == std::string::npos);
  CHECK(page.find("url(") == page.find("url(#"));
}

TEST_CASE("layers are told from the parameters' names, tied weights by where their product goes") {
  Recorded sparse(sparse_options());
  const Json data = trace_data("sparse", sparse.tape, sparse.objective);
  std::vector<std::string> names;
  for (const Json& name : data.at("layers").items()) names.push_back(name.as_string());
  CHECK(names == std::vector<std::string>{"data", "encoder.0", "decoder.0", "objective"});
  CHECK(layer_of_op(data, "input", 0) == "data");
  CHECK(layer_of_op(data, "affine", 0) == "encoder.0");
  CHECK(layer_of_op(data, "sigmoid", 0) == "encoder.0");
  CHECK(layer_of_op(data, "affine", 1) == "decoder.0");
  CHECK(layer_of_op(data, "sigmoid", 1) == "decoder.0");
  for (const char* op : {"half_mse", "kl_sparsity", "scale", "half_squared_norm", "add"})
    CHECK(layer_of_op(data, op, 0) == "objective");

  Recorded tied({.sizes = {6, 5, 3}, .tied = true});
  const Json data_tied = trace_data("tied", tied.tape, tied.objective);
  CHECK(layer_of_op(data_tied, "matmul_bt", 0) == "decoder.0");
  CHECK(layer_of_op(data_tied, "add_row", 0) == "decoder.0");
  CHECK(layer_of_op(data_tied, "matmul_bt", 1) == "decoder.1");
}

TEST_CASE("the source stands in the page where it is found, and is said to be missing elsewhere") {
  Recorded r(sparse_options());
  const Json data = trace_data("sparse", r.tape, r.objective);
  const Json& sources = data.at("sources");
  for (const Json& op : data.at("ops").items()) {
    const std::string& name = op.at("name").as_string();
    if (name == "input" || name == "parameter") continue;
    CAPTURE(name);
    const Json& lines = sources.at(op.at("file").as_string());
    const auto line = [&lines](std::size_t number) {
      return lines.at(std::to_string(number)).as_string();
    };
    CHECK(line(op.at("line").as_size()).ends_with("};"));
    // No line of the rule is missing, and none is of the one before
    std::string rule;
    for (std::size_t k = op.at("first").as_size(); k <= op.at("line").as_size(); ++k)
      rule += line(k) + "\n";
    CHECK(count(rule, "_forward(Tape&") == 1);
    CHECK(count(rule, name + "_forward(Tape&") == 1);
    CHECK(count(rule, name + "_backward(Tape&") == 1);
  }
  for (const Json& visit : data.at("visits").items()) {
    if (!visit.has("operand") || visit.has("seed")) continue;
    const Json& op =
        data.at("ops")
            .items()[data.at("nodes").items()[visit.at("node").as_size()].at("op").as_size()];
    const Json& lines = sources.at(op.at("file").as_string());
    CHECK(lines.at(std::to_string(visit.at("line").as_size())).as_string().find(" d") !=
          std::string::npos);
  }
  const Json& affine = data.at("nodes").items()[3];
  const Json& made = sources.at(affine.at("file").as_string());
  CHECK(made.at(std::to_string(affine.at("line").as_size())).as_string().find("pre_activation") !=
        std::string::npos);

  const Json elsewhere =
      trace_data("sparse", r.tape, r.objective, {.source_folders = {"/nowhere"}});
  for (const auto& [file, lines] : elsewhere.at("sources").members()) CHECK(lines.is_null());
}

TEST_CASE("every operation can be traced") {
  Rng rng(9);
  Tape tape;
  const EveryOperation every(tape, rng);
  const Objective& objective = every.objective;
  const std::string page = trace_page("every rule", tape, objective);
  leave_for_the_browser("every_rule.html", page);
  const Json data = data_of(page);
  check_all_visits(journal_of(tape, objective, 1024), data);
  for (const Json& check : data.at("checks").items()) {
    if (!check.is_null()) CHECK(check.at("verdict").as_string() == "OK");
  }
}

TEST_CASE("images can be traced, at every operation that takes them entry by entry") {
  Rng rng(10);
  Tape tape;
  const Var x = tape.variable(normal_tensor({3, 2, 4, 5}, rng), "x");
  const Var y = tape.variable(normal_tensor({3, 4, 30}, rng), "y");
  const Objective objective =
      sum_of_terms({{"images", half_squared_norm(sigmoid(x))}, {"rank 3", sum(mul(y, tanh(y)))}});
  const std::string page = trace_page("images", tape, objective);
  leave_for_the_browser("images.html", page);
  const Json data = data_of(page);
  check_all_visits(journal_of(tape, objective, 1024), data);
  for (const Json& check : data.at("checks").items()) {
    if (!check.is_null()) CHECK(check.at("verdict").as_string() == "OK");
  }
}

TEST_CASE("the page's files are in the program, all of them") {
  std::vector<std::string> on_disk;
  for (const auto& entry : std::filesystem::directory_iterator("core/inspect/trace/page"))
    on_disk.push_back(entry.path().filename().string());
  std::sort(on_disk.begin(), on_disk.end());
  std::vector<std::string> embedded;
  for (const PageFile& file : page_files()) {
    embedded.emplace_back(file.name);
    CHECK(file.text == read_file("core/inspect/trace/page/" + embedded.back()));
  }
  CHECK(embedded == on_disk);
}
