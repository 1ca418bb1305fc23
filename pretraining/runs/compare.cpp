#include "pretraining/runs/compare.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "autoencoders/dense_autoencoder.hpp"
#include "autoencoders/jacobian.hpp"
#include "autoencoders/sparse.hpp"
#include "core/clock.hpp"
#include "pretraining/baselines/nearest_neighbours.hpp"

namespace strata {
namespace {

constexpr std::size_t most_judged = 500;  // test rows for sparsity and contraction: a Jacobian each
constexpr std::size_t most_queries = 2000;  // test rows for the nearest neighbours

// At most `most` rows, at equal distances.
Dataset thinned(const Dataset& data, std::size_t most) {
  return take(data, evenly_chosen(data.size(), most));
}

// What is measured of a member, whatever it is made of.
struct Coder {
  std::function<Tensor(const Tensor&X)> encode, reconstruct;
  std::function<double(const Tensor& X)> contraction;  // mean ‖∂h/∂x‖²_F
};

CodeMeasures measures_of(const CompareResults& results, const CompareMember& member,
                         const Coder& coder, Workers* workers) {
  CodeMeasures m;
  const CodeStatistics statistics = code_statistics(member.codes);
  m.share_of_zeros = statistics.share_of_zeros;
  m.mean_activation = statistics.mean_of_means;
  m.hoyer = hoyer_sparseness(member.codes);
  m.contraction = coder.contraction(results.judged.X);
  m.relative_contraction = relative_contraction(m.contraction, results.judged.X, member.codes);
  if (!results.has_neighbours()) return m;
  const Dataset& train = results.data.train;
  const Dataset queries = thinned(results.data.test, results.asked);
  m.neighbour_accuracy =
      neighbour_accuracy(coder.encode(train.X), train.labels, coder.encode(queries.X),
                         queries.labels, results.neighbours, workers);
  return m;
}

CompareMember& add(CompareResults& results, CompareMember member, const Coder& coder,
                   Workers* workers) {
  member.common_size = member.code_size == results.code_size;
  const auto error = [&](const Tensor& X) {
    return squared_error_per_example(X, coder.reconstruct(X));
  };
  member.train_error = error(results.data.train.X);
  if (results.has_test()) member.test_error = error(results.data.test.X);
  check(std::isfinite(member.train_error) && std::isfinite(member.test_error.value_or(0)),
        member.name, ": its error is not a finite number: training went astray");
  member.codes = coder.encode(results.judged.X);
  member.reconstructions = coder.reconstruct(results.pictured.X);
  member.measures = measures_of(results, member, coder, workers);
  results.members.push_back(std::move(member));
  return results.members.back();
}

void add_raw(CompareResults& results, Workers* workers) {
  const std::size_t d = results.data.train.features();
  const auto copy = [](const Tensor& X) { return X; };
  add(results,
      {.name = "raw",
       .point = "the data themselves: a copy",
       .architecture = text(d),
       .code_size = d,
       .yardstick = true},
      {.encode = copy,
       .reconstruct = copy,
       .contraction = [&](const Tensor&) { return double(d); }},  // ∂x/∂x = I
      workers);
}

void add_pca(CompareResults& results, Workers* workers) {
  const Dataset& train = results.data.train;
  const std::size_t k = std::min({results.code_size, train.features(), train.size() - 1});
  const Clock::time_point start = Clock::now();
  const Pca pca = fit_pca(train.X, k, workers);
  add(results,
      {.name = "pca",
       .point = "the best code that straight lines can make",
       .architecture = layers_text({train.features(), k}),
       .code_size = k,
       .weights = pca.components.size() + pca.mean.size(),
       .yardstick = true,
       .seconds = seconds_since(start)},
      {.encode = [&](const Tensor& X) { return pca.transform(X); },
       .reconstruct = [&](const Tensor& X) { return pca.reconstruct(X); },
       .contraction = [&](const Tensor&) { return double(k); }},  // ∂h/∂x = Vᵀ, orthonormal rows
      workers);
}

}  // namespace

CompareResults start_compare(const TrainTest& data, std::size_t code_size, std::size_t neighbours,
                             std::uint64_t seed, Workers* workers) {
  check(data.train.size() >= 2, "compare: '", data.train.name, "' has ", data.train.size(),
        " training rows (2 or more are needed)");
  check(code_size >= 1 && neighbours >= 1, "compare: a code of ", code_size, " numbers and ",
        neighbours, " neighbours (both must be 1 or more)");
  CompareResults results{.data = data,
                         .of_means = errors_of_means(data),
                         .code_size = code_size,
                         .neighbours = std::min(neighbours, data.train.size()),
                         .seed = seed};
  const Dataset& shown = results.has_test() ? data.test : data.train;
  results.judged = thinned(shown, most_judged);
  results.asked = std::min(data.test.size(), most_queries);
  results.pictured = take(shown, rows_to_show(shown, 10));
  add_raw(results, workers);
  add_pca(results, workers);
  return results;
}

const CompareMember& add_member(CompareResults& results, const std::string& kind,
                                const std::string& point, Autoencoder& model,
                                const History& history, Workers* workers) {
  CompareMember& member =
      add(results,
          {.name = kind,
           .point = point,
           .architecture = model.architecture(),
           .code_size = model.code_size(),
           .weights = count_of(model.parameters()),
           .epochs = history.epochs.size(),
           .seconds = history.seconds},
          {.encode = [&](const Tensor& X) { return model.encode(X, workers); },
           .reconstruct = [&](const Tensor& X) { return model.reconstruct(X, workers); },
           .contraction = [&](const Tensor& X) { return mean_squared_frobenius_norm(model, X); }},
          workers);
  member.remarks = remarks_on({.train_error = member.train_error,
                               .test_error = member.test_error.value_or(0),
                               .of_means = results.of_means,
                               .has_test = results.has_test(),
                               .idle = idle_units(model.encode(results.data.train.X, workers)),
                               .history = &history,
                               .may_come_to_rest = true});
  return member;
}

std::vector<std::string> CompareResults::reasons_left_out() const {
  std::vector<Remarks> all;
  for (const LeftOut& one : left_out) all.push_back({one.name, {one.reason}});
  return joined(all);
}

std::vector<std::string> CompareResults::remarks() const {
  std::vector<Remarks> all;
  for (const CompareMember& member : members) all.push_back({member.name, member.remarks});
  return joined(all);
}

std::optional<double> hoyer_sparseness(const Tensor& H) {
  const double root = std::sqrt(double(H.cols()));
  if (H.cols() < 2) return std::nullopt;
  double total = 0;
  std::size_t counted = 0;
  for (std::size_t i = 0; i < H.rows(); ++i) {
    double sum = 0, squares = 0;
    for (std::size_t j = 0; j < H.cols(); ++j) {
      sum += std::abs(double(H(i, j)));
      squares += double(H(i, j)) * double(H(i, j));
    }
    if (squares == 0) continue;
    total += (root - sum / std::sqrt(squares)) / (root - 1);
    ++counted;
  }
  if (counted == 0) return std::nullopt;
  return total / double(counted);
}

namespace {

Json member_json(const CompareResults& results, const CompareMember& m) {
  return Json::object({{"name", m.name},
                       {"architecture", m.architecture},
                       {"code_size", m.code_size},
                       {"weights", m.weights},
                       {"epochs", m.epochs},
                       {"train_error", m.train_error},
                       {"test_error", json_or_null(m.test_error)},
                       {"explained", results.explained(m)},
                       {"share_of_zeros", m.measures.share_of_zeros},
                       {"mean_activation", m.measures.mean_activation},
                       {"hoyer", json_or_null(m.measures.hoyer)},
                       {"contraction", m.measures.contraction},
                       {"relative_contraction", json_or_null(m.measures.relative_contraction)},
                       {"neighbour_accuracy", json_or_null(m.measures.neighbour_accuracy)},
                       {"seconds", m.seconds}});
}

}  // namespace

Json compare_results_json(const CompareResults& results, const RunFacts& facts) {
  Json::Array rows, left_out;
  for (const CompareMember& member : results.members) rows.push_back(member_json(results, member));
  for (const LeftOut& one : results.left_out)
    left_out.push_back(Json::object({{"name", one.name}, {"reason", one.reason}}));
  Json json =
      results_head_json("compare", facts, results.seed, results.data.train, results.data.test);
  json["code_size"] = results.code_size;
  json["neighbours"] = results.neighbours;
  json["error_unit"] = "squared error per example";
  json["train_error_of_means"] = results.of_means.train;
  json["test_error_of_means"] = results.has_test() ? Json(results.of_means.test) : Json();
  json["members"] = Json::array(std::move(rows));
  json["remarks"] = json_list(results.remarks());
  json["left_out"] = Json::array(std::move(left_out));
  return json;
}

}  // namespace strata
