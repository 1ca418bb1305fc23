#include "pretraining/runs/compare.hpp"

#include <algorithm>
#include <cmath>

#include "autoencoders/dense_autoencoder.hpp"
#include "autoencoders/jacobian.hpp"
#include "autoencoders/sparse.hpp"
#include "core/clock.hpp"
#include "pretraining/baselines/nearest_neighbours.hpp"
#include "pretraining/pages/pretrain_figures.hpp"
#include "pretraining/runs/results_head.hpp"

namespace strata {
namespace {

constexpr std::size_t most_judged = 500;  // test rows for sparsity and contraction: a Jacobian each
constexpr std::size_t most_queries = 2000;  // test rows for the nearest neighbours

// At most so many rows, at equal distances.
Dataset thinned(const Dataset& data, std::size_t most) {
  const std::size_t every = (data.size() + most - 1) / most;
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < data.size(); i += every) kept.push_back(i);
  return take(data, kept);
}

// Codes of all training rows, and of the test rows that are asked for their neighbours.
struct Codes {
  Tensor train, queries;
};

CodeMeasures measures_of(const Family& family, const FamilyMember& member, double contraction,
                         const Codes& codes, Workers* workers) {
  CodeMeasures m;
  const CodeStatistics statistics = code_statistics(member.codes);
  m.share_of_zeros = statistics.share_of_zeros;
  m.mean_activation = statistics.mean_of_means;
  m.hoyer = hoyer_sparseness(member.codes);
  m.contraction = contraction;
  m.relative_contraction = relative_contraction(contraction, family.judged.X, member.codes);
  if (family.has_neighbours()) {
    m.neighbour_accuracy = neighbour_accuracy(codes.train, family.data.train.labels, codes.queries,
                                              thinned(family.data.test, most_queries).labels,
                                              family.neighbours, workers);
  }
  return m;
}

void add_raw(Family& family, Workers* workers) {
  FamilyMember raw{.name = "raw",
                   .point = "the data themselves: a copy",
                   .architecture = text(family.data.train.features())};
  raw.code_size = family.data.train.features();
  raw.common_size = raw.code_size == family.code_size;
  raw.yardstick = true;
  if (family.has_test()) raw.test_error = 0;
  raw.codes = family.judged.X;
  raw.reconstructions = family.pictured.X;
  Codes codes;
  if (family.has_neighbours())
    codes = {family.data.train.X, thinned(family.data.test, most_queries).X};
  raw.measures = measures_of(family, raw, double(raw.code_size), codes, workers);  // ∂x/∂x = I
  family.members.push_back(std::move(raw));
}

void add_pca(Family& family, Workers* workers) {
  const Dataset& train = family.data.train;
  const std::size_t k = std::min({family.code_size, train.features(), train.size() - 1});
  const Clock::time_point start = Clock::now();
  const Pca pca = fit_pca(train.X, k, workers);
  FamilyMember member{.name = "pca",
                      .point = "the best code that straight lines can make",
                      .architecture = layers_text({train.features(), k})};
  member.seconds = seconds_since(start);
  member.code_size = k;
  member.common_size = k == family.code_size;
  member.yardstick = true;
  member.weights = pca.components.size() + pca.mean.size();
  member.train_error = squared_error_per_example(train.X, pca.reconstruct(train.X));
  if (family.has_test())
    member.test_error =
        squared_error_per_example(family.data.test.X, pca.reconstruct(family.data.test.X));
  member.codes = pca.transform(family.judged.X);
  member.reconstructions = pca.reconstruct(family.pictured.X);
  Codes codes;
  if (family.has_neighbours())
    codes = {pca.transform(train.X), pca.transform(thinned(family.data.test, most_queries).X)};
  // ∂h/∂x = Vᵀ, orthonormal rows
  member.measures = measures_of(family, member, double(k), codes, workers);
  family.members.push_back(std::move(member));
}

}  // namespace

Family start_family(const TrainTest& data, std::size_t code_size, std::size_t neighbours,
                    std::uint64_t seed, Workers* workers) {
  check(data.train.size() >= 2, "family: '", data.train.name, "' has ", data.train.size(),
        " training rows (2 or more are needed)");
  check(code_size >= 1 && neighbours >= 1, "family: a code of ", code_size, " numbers and ",
        neighbours, " neighbours (both must be 1 or more)");
  Family family{.data = data,
                .code_size = code_size,
                .neighbours = std::min(neighbours, data.train.size()),
                .seed = seed};
  const Dataset& shown = family.has_test() ? data.test : data.train;
  family.judged = thinned(shown, most_judged);
  family.pictured = take(shown, report::rows_to_show(shown, 10));
  add_raw(family, workers);
  add_pca(family, workers);
  return family;
}

const FamilyMember& add_member(Family& family, const std::string& kind, const std::string& point,
                               Autoencoder& model, const History& history, Workers* workers) {
  FamilyMember member{.name = kind, .point = point, .architecture = model.architecture()};
  member.code_size = model.code_size();
  member.common_size = member.code_size == family.code_size;
  member.weights = count_of(model.parameters());
  member.epochs = history.epochs.size();
  member.seconds = history.seconds;
  member.train_error = reconstruction_error(model, family.data.train.X, workers);
  if (family.has_test())
    member.test_error = reconstruction_error(model, family.data.test.X, workers);
  check(std::isfinite(member.train_error) && std::isfinite(member.test_error.value_or(0)), kind,
        ": its error is not a finite number: training went astray");
  member.codes = model.encode(family.judged.X, workers);
  member.reconstructions = model.reconstruct(family.pictured.X, workers);
  Codes codes;
  if (family.has_neighbours()) {
    codes = {model.encode(family.data.train.X, workers),
             model.encode(thinned(family.data.test, most_queries).X, workers)};
  }
  member.measures = measures_of(family, member, mean_squared_frobenius_norm(model, family.judged.X),
                                codes, workers);
  family.members.push_back(std::move(member));
  return family.members.back();
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

Json or_null(const std::optional<double>& value) {
  return value ? Json(*value) : Json();
}

Json member_json(const FamilyMember& m) {
  return Json::object({{"name", m.name},
                       {"architecture", m.architecture},
                       {"code_size", m.code_size},
                       {"weights", m.weights},
                       {"epochs", m.epochs},
                       {"train_error", m.train_error},
                       {"test_error", or_null(m.test_error)},
                       {"share_of_zeros", m.measures.share_of_zeros},
                       {"mean_activation", m.measures.mean_activation},
                       {"hoyer", or_null(m.measures.hoyer)},
                       {"contraction", m.measures.contraction},
                       {"relative_contraction", or_null(m.measures.relative_contraction)},
                       {"neighbour_accuracy", or_null(m.measures.neighbour_accuracy)},
                       {"seconds", m.seconds}});
}

}  // namespace

Json family_json(const Family& family, const std::string& version, std::size_t threads) {
  Json::Array rows, left_out;
  for (const FamilyMember& member : family.members) rows.push_back(member_json(member));
  for (const LeftOut& one : family.left_out)
    left_out.push_back(Json::object({{"name", one.name}, {"reason", one.reason}}));
  Json json = results_head_json(
      {.command = "compare", .version = version, .seed = family.seed, .threads = threads},
      family.data.train, family.data.test);
  json["code_size"] = family.code_size;
  json["neighbours"] = family.neighbours;
  json["error_unit"] = "squared error per example";
  json["members"] = Json::array(std::move(rows));
  json["left_out"] = Json::array(std::move(left_out));
  return json;
}

}  // namespace strata
