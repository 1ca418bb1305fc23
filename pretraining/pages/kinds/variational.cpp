// The page of a variational autoencoder: what it makes by itself, what its code looks like, and how
// good a model of the data it is.

#include "autoencoders/variational.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "autoencoders/generate.hpp"
#include "pretraining/baselines/pca.hpp"
#include "pretraining/pages/blocks.hpp"
#include "pretraining/pages/kinds/figures.hpp"
#include "pretraining/pages/maps.hpp"
#include "pretraining/pages/pictures.hpp"

namespace strata::pages {
namespace {

constexpr std::size_t elbo_draws = 20, likelihood_samples = 200, most_judged = 1000;

// The first rows that the decoder gives a likelihood to: scaled test rows may lie outside [0, 1].
Tensor rows_to_judge(const VariationalAutoencoder& model, const Tensor& X) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < X.rows() && rows.size() < most_judged; ++i) {
    const auto [low, high] = std::minmax_element(X.row(i), X.row(i) + X.cols());
    if (model.output() != Activation::sigmoid || (*low >= 0 && *high <= 1)) rows.push_back(i);
  }
  return rows.empty() ? Tensor() : rows_at(X, rows);
}

// ---- how good a model of the data

std::string collapse_remark(const VariationalAutoencoder& model, const NegativeElbo& elbo) {
  const std::size_t active = std::size_t(std::count_if(
      elbo.kl_of_unit.begin(), elbo.kl_of_unit.end(), [](double kl) { return kl > 0.01; }));
  std::string others;
  if (active < model.code_size()) {
    others = say(
        " The others have q(z|x) = p(z): they tell nothing of x and were given up (posterior "
        "collapse). Against it: a warm-up of the KL (<code>--warm-up</code>), a smaller "
        "<code>--beta</code>{}, fewer units.",
        model.kind == DecoderKind::gaussian ? ", a smaller <code>--deviation</code> of the decoder"
                                            : "");
  }
  return say("<p>Code units in use (a KL above 0.01 nats): {} of {}.{}</p>\n", active,
             model.code_size(), others);
}

std::string table_of_likelihood(VariationalAutoencoder& model, TrainRun& run) {
  const Tensor X = rows_to_judge(model, run.shown().X);
  if (X.empty())
    return "<p>No row lies within [0, 1], so a Bernoulli decoder gives none a likelihood.</p>\n";
  Rng rng(run.seed);
  const NegativeElbo elbo = negative_elbo(model, X, elbo_draws, rng);
  const double likelihood = mean_log_likelihood(model, X, likelihood_samples, rng);
  run.measured["negative_elbo"] = elbo.total();
  run.measured["reconstruction"] = elbo.reconstruction;
  run.measured["kl"] = elbo.kl;
  run.measured["log_likelihood"] = likelihood;
  run.measured["rows"] = X.rows();
  const std::string caption =
      say("{} {} rows, in nats for each. −ELBO is what training makes small, here with the whole "
          "KL; a mean over {} draws of z for each row. It is never below −log p(x), which is "
          "estimated with {} codes from q(z|x) (importance sampling): what lies between the two is "
          "how far q(z|x) is from the true posterior.",
          X.rows(), run.part(), elbo_draws, likelihood_samples);
  return table(caption, {"", "nats"},
               {{"reconstruction, −log p(x|z)", number(elbo.reconstruction)},
                {"KL(q(z|x) ‖ p(z))", number(elbo.kl)},
                {"−ELBO, their sum", number(elbo.total())},
                {"−log p(x)", number(-likelihood)}}) +
         collapse_remark(model, elbo);
}

// ---- pictures

std::string new_pictures(VariationalAutoencoder& model, TrainRun& run) {
  const ImageShape image = run.shown().image;
  const std::size_t n = tiles_that_fit(image, 80);
  Rng rng(run.seed);
  const Tensor means = sample(model, n, rng).means, draws = draw_from(model, means, rng);
  return beside(
      {figure(tiles(means, image, 10, GridRange::unit, say("{} decoded codes from the prior", n)),
              "<b>Means</b>: codes drawn from N(0, I), decoded. None of these was in the data. "
              "Look for pictures that are good, and for those that are a blend of two classes: "
              "codes from the gaps between their clouds."),
       figure(tiles(draws, image, 10, GridRange::unit,
                    say("{} draws from p(x|z) at the same codes", n)),
              say("<b>Samples</b> from p(x|z) at the same codes: {}. This is what the model really "
                  "says that data look like: pixels are independent given z. Papers show means.",
                  model.kind == DecoderKind::bernoulli ? "each pixel 0 or 1 by its mean"
                                                       : "mean plus the decoder's noise"))});
}

// Examples to go from and to: of each of four classes the one that is decoded to what is most like
// the mean of its class. A way that ends in a picture of another class shows nothing. (The smallest
// error is no guide: a 2 that looks like a 1 may have it.)
std::vector<std::size_t> ends_of_paths(VariationalAutoencoder& model, const Dataset& data) {
  if (!data.has_labels()) return rows_to_show(data, 4);
  const Tensor R = model.reconstruct(data.X);
  std::map<int, std::vector<std::size_t>> members;
  for (std::size_t i = 0; i < data.size(); ++i) members[data.labels[i]].push_back(i);
  if (members.size() < 2) return rows_to_show(data, 4);
  std::vector<std::size_t> ends;
  for (const auto& [label, rows] : members) {
    if (ends.size() == 4) break;
    const Tensor mean = column_means(rows_at(data.X, rows)).reshaped({1, data.features()});
    std::size_t nearest = rows[0];
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i : rows) {
      const double distance = squared_distance(slice_rows(R, i, i + 1), mean);
      if (distance < least) nearest = i;
      least = std::min(least, distance);
    }
    ends.push_back(nearest);
  }
  return ends;
}

std::string paths(VariationalAutoencoder& model, const Dataset& data) {
  const std::vector<std::size_t> ends = ends_of_paths(model, data);
  const auto name = [&](std::size_t i) {
    return data.has_labels() ? text("class ", data.labels[i]) : text("row ", i + 1);
  };
  std::vector<Strip> rows;
  for (std::size_t k = 0; k + 1 < ends.size(); ++k) {
    rows.push_back({name(ends[k]), "to " + name(ends[k + 1]),
                    interpolate(model, slice_rows(data.X, ends[k], ends[k] + 1),
                                slice_rows(data.X, ends[k + 1], ends[k + 1] + 1), 11),
                    "pictures decoded along the way"});
  }
  if (rows.empty()) return "";
  return figure(strips(rows, data.image),
                say("From the code of one example to that of another in equal steps, decoded. "
                    "{}Look for the places where one class becomes the other, and what lies there.",
                    data.has_labels() ? "Of each class the example that is decoded to what is most "
                                        "like the mean of its class. "
                                      : ""));
}

std::string mean_and_sample(VariationalAutoencoder& model, TrainRun& run) {
  const Dataset& data = run.shown();
  const Tensor X = rows_at(data.X, rows_to_show(data, 10));
  Rng rng(run.seed);
  const PosteriorValues q = posterior(model, X);
  Tensor z = q.mean;
  for (std::size_t i = 0; i < z.size(); ++i)
    z[i] += Real(std::exp(0.5 * double(q.log_variance[i])) * rng.normal());
  const Tensor from_mean = model.decode(q.mean), from_draw = model.decode(z),
               drawn = draw_from(model, from_mean, rng);
  return figure(strips({{"original", "x", X, "originals"},
                        {"mean", "of p(x|z), z = μ(x)", from_mean, "decoded from the mean code"},
                        {"another code", "mean of p(x|z), z from q(z|x)", from_draw,
                         "decoded from a drawn code"},
                        {"noisy sample", "from p(x|z), z = μ(x)", drawn, "draws from p(x|z)"}},
                       data.image),
                "The mean beside noisy samples. In the third row the code is drawn: what changes "
                "is what the code leaves open. In the last the pixels are drawn: that noise is not "
                "blur but what the model takes to be independent of everything else.");
}

std::string plane(VariationalAutoencoder& model, const TrainRun& run) {
  if (model.code_size() != 2)
    return say(
        "<p>A decoded plane needs a code of two numbers (<code>--hidden 2</code>); this one has "
        "{}.</p>\n",
        model.code_size());
  const std::size_t side = grid_side(run.shown().image);
  return figure(tiles(decoded_plane(model, side, 2), run.shown().image, side, GridRange::unit,
                      say("{}×{} decoded codes", side, side)),
                say("<b>The decoded plane</b>: codes from −2 to 2 in both directions, where 91 % "
                    "of N(0, I) lies.{}",
                    run.shown().has_labels() ? " Find the classes of the map beside it." : ""));
}

// ---- data that are not pictures: on a plane, as dots

std::size_t farthest_from_first(const Tensor& X) {
  std::vector<double> distances;
  for (std::size_t i = 0; i < X.rows(); ++i)
    distances.push_back(squared_distance(slice_rows(X, 0, 1), slice_rows(X, i, i + 1)));
  return std::size_t(std::max_element(distances.begin(), distances.end()) - distances.begin());
}

std::string scatter_of_samples(VariationalAutoencoder& model, TrainRun& run) {
  const Dataset& data = run.shown();
  if (data.features() < 2 || data.size() < 3) return "";
  constexpr std::size_t most = 500;
  const Tensor X = slice_rows(data.X, 0, std::min(most, data.size()));
  Rng rng(run.seed);
  const Tensor drawn = draw_from(model, sample(model, X.rows(), rng).means, rng);
  const std::size_t farthest = farthest_from_first(X);
  const Tensor path =
      interpolate(model, slice_rows(X, 0, 1), slice_rows(X, farthest, farthest + 1), 30);
  std::vector<Real> all;
  std::vector<std::size_t> classes;
  for (const Tensor* part : {&X, &drawn, &path}) {
    all.insert(all.end(), part->values.begin(), part->values.end());
    classes.insert(classes.end(), part->rows(), part == &X ? 0 : part == &drawn ? 1 : 2);
  }
  const Tensor points({classes.size(), data.features()}, all);
  const bool is_plane = data.features() == 2;
  ScatterOptions options{"Data and samples",
                         is_plane ? "first feature" : "first principal direction of the data",
                         is_plane ? "second feature" : "second principal direction",
                         480,
                         480,
                         {"data", "sample", "from one example to another"}};
  options.equal_aspect = true;
  return figure(scatter_plot(is_plane ? points : fit_pca(X, 2).transform(points), classes, options),
                "Samples: codes from N(0, I), and x drawn from p(x|z). They should cover the data "
                "and nothing else. Those beside the data come from codes where the map below is "
                "empty (the prior does not know of the gap), or from a decoder's noise that is too "
                "wide (<code>--deviation</code>). The third kind is the way from one example to "
                "the one farthest from it, decoded: does it stay on the data?");
}

}  // namespace

std::string variational_figures(TrainRun& run) {
  auto& model = dynamic_cast<VariationalAutoencoder&>(*run.model);
  const Dataset& data = run.shown();
  const std::string map =
      code_map(model.encode(data.X, run.workers), data, run.part(), "The codes μ(x)");
  if (!run.has_pictures()) {
    return section("What it makes", scatter_of_samples(model, run)) + section("The code", map) +
           section("How good a model", table_of_likelihood(model, run));
  }
  const std::string decoded = plane(model, run);
  return section("What it makes", new_pictures(model, run)) +
         section("From one example to another", paths(model, data)) +
         section("The code", model.code_size() == 2 ? beside({map, decoded}) : map + decoded) +
         section("Mean and sample", mean_and_sample(model, run)) +
         section("How good a model", table_of_likelihood(model, run));
}

}  // namespace strata::pages
