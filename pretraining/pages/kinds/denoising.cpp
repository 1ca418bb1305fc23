// A denoising autoencoder: what it restores, of its own corruption and of others, and where it
// moves points of the plane.

#include <algorithm>

#include "autoencoders/denoising.hpp"
#include "core/charts/html.hpp"
#include "pretraining/pages/blocks.hpp"
#include "pretraining/pages/kinds/figures.hpp"
#include "pretraining/pages/pictures.hpp"

namespace strata::pages {
namespace {

constexpr std::uint64_t drawing_stream = 101;  // of the run's seed: what the page corrupts

// Of the rows that the page shows.
struct RestorationOf {
  Corruption corruption;
  bool is_own = false;  // the one that the model was trained on
  Restoration result;
};

bool are_same(const Corruption& a, const Corruption& b) {
  return a.kind == b.kind && a.kind != CorruptionKind::custom && a.amount == b.amount;
}

// The model's own corruption; of pictures also masking, salt and pepper and Gaussian noise at 0.3.
// The same draws each time.
std::vector<RestorationOf> restorations(TrainRun& run) {
  const Corruption& own = dynamic_cast<DenoisingAutoencoder&>(*run.model).corruption;
  std::vector<Corruption> corruptions = {own};
  for (const std::string& name : corruption_kinds.names) {
    const Corruption usual{.kind = corruption_kinds.named(name)};
    if (run.has_pictures() && !are_same(usual, own)) corruptions.push_back(usual);
  }
  std::vector<RestorationOf> all;
  for (const Corruption& corruption : corruptions) {
    Rng rng(run.seed, drawing_stream);
    all.push_back({corruption, all.empty(),
                   restore(*run.model, run.shown().X, corruption, rng, run.workers)});
  }
  return all;
}

const char* remark_on(const RestorationOf& r) {
  return r.is_own ? " (as in training)" : "";
}

std::string rows_of_pictures(const TrainRun& run, const std::vector<RestorationOf>& all) {
  const Dataset& data = run.shown();
  const std::vector<std::size_t> shown = rows_to_show(data, 10);
  std::vector<Strip> rows = {
      {"clean", "", rows_at(data.X, shown), say("{} clean pictures", shown.size())}};
  for (const RestorationOf& r : all) {
    const std::string name = corruption_text(r.corruption);
    rows.push_back({name + remark_on(r), "error " + number(r.result.corrupted_error),
                    rows_at(r.result.corrupted, shown), "the same pictures, corrupted by " + name});
    rows.push_back({"restored", "error " + number(r.result.restored_error),
                    rows_at(r.result.restored, shown), "the same pictures, restored from " + name});
  }
  return figure(
      strips(rows, data.image),
      say("{} pictures; below them the same pictures corrupted, and what the model makes of those. "
          "It was trained on one kind of damage only: look at what becomes of the others. Greys "
          "outside 0 and 1 are drawn as black and white, but the errors count them as they are.",
          capitalised(run.part())));
}

std::string table_of_restorations(const std::vector<RestorationOf>& all) {
  std::vector<Cells> rows;
  for (const RestorationOf& r : all) {
    const double share = 100 * r.result.restored_error / r.result.corrupted_error;
    rows.push_back({escape_html(corruption_text(r.corruption)) + remark_on(r),
                    number(r.result.corrupted_error), number(r.result.restored_error),
                    r.result.corrupted_error > 0 ? say("{} %", int(share + 0.5)) : "–"});
  }
  return table(
      "Squared error per example against the clean one. Under 100 % the model takes away more "
      "damage than it does.",
      {"corruption", "corrupted", "restored", "of it left"}, rows);
}

std::string filters_of(TrainRun& run) {
  const DenseAutoencoder* const net = dense_net_of(*run.model);
  if (net == nullptr || !run.has_pictures()) return "";
  const ImageShape image = run.shown().image;
  const Tensor units = units_of(net->encoder.front().W.value, run.data.train.X);
  const Tensor some = rows_that_fit(units, image, 100);
  return section(
      "What the units look for",
      figure(
          tiles(some, image, 10, GridRange::symmetric,
                say("encoder weights of {} units, one grey tile each", some.rows())),
          say("Encoder weights of {} of {} units: white positive, black negative, each tile "
              "scaled by itself. Look for spots and strokes, each at its place: a unit that is "
              "to fill in what is missing must know its neighbours. Compare with "
              "<code>--corruption gaussian --noise 0.5</code> and with <code>--noise 0</code>: of "
              "the digits, most tiles are pieces of pictures after the one and look like noise "
              "after the other.{}",
              some.rows(), units.rows(), on_still_pixels)));
}

std::string field_of(TrainRun& run) {
  const Tensor& X = run.data.train.X;
  if (X.cols() != 2) return "";
  const VectorField field = vector_field(*run.model, X, 19, run.workers);
  return section(
      "The way back",
      figure(arrow_plot(X, field.starts, field.arrows,
                        {.title = "g(f(x̃)) − x̃",
                         .points_name = "training examples",
                         .arrows_name = "what the model adds to x̃",
                         .scale = 0.5}),
             "Each arrow begins at a point x̃ of a grid and goes half of the way that the model "
             "moves it. Look at the directions: do they point back to the data from all sides, "
             "and vanish beside them? In the middle of a ring every way out is as far. With small "
             "Gaussian noise of variance σ² the "
             "whole way is near σ² times the slope of log p(x): the direction in which examples "
             "become more likely."));
}

}  // namespace

VectorField vector_field(Autoencoder& model, const Tensor& X, std::size_t grid, Workers* workers) {
  check(X.rank() == 2 && X.cols() == 2 && X.rows() > 0 && grid >= 2, "vector field: the data is ",
        X.shape, ", not n×2, or the grid ", grid, " wide");
  VectorField field;
  field.starts = Tensor({grid * grid, 2});
  const Tensor features = transposed(X);
  Real low[2], span[2];
  for (std::size_t j = 0; j < 2; ++j) {
    const auto [least, most] = std::minmax_element(features.row(j), features.row(j) + X.rows());
    const Real room = (*most - *least) * Real(0.15);
    low[j] = *least - room;
    span[j] = *most - *least + 2 * room;
  }
  for (std::size_t i = 0; i < grid * grid; ++i) {
    field.starts(i, 0) = low[0] + span[0] * Real(i % grid) / Real(grid - 1);
    field.starts(i, 1) = low[1] + span[1] * Real(i / grid) / Real(grid - 1);
  }
  field.arrows = model.reconstruct(field.starts, workers);
  for (std::size_t i = 0; i < field.arrows.size(); ++i) field.arrows[i] -= field.starts[i];
  return field;
}

std::string denoising_figures(TrainRun& run) {
  const std::vector<RestorationOf> all = restorations(run);
  Json& restored = run.measured["restored"] = Json::array();
  for (const RestorationOf& r : all) {
    restored.push(Json::object({{"corruption", corruption_to_json(r.corruption)},
                                {"corrupted_error", r.result.corrupted_error},
                                {"restored_error", r.result.restored_error}}));
  }
  const std::string pictures = run.has_pictures() ? rows_of_pictures(run, all) : "";
  return section("What it restores", pictures + table_of_restorations(all)) + field_of(run) +
         filters_of(run);
}

std::string figures_of(TrainRun& run, Figures figures) {
  if (dynamic_cast<DenoisingAutoencoder*>(run.model) == nullptr)
    return figures != nullptr ? figures(run) : "";
  const std::string restored = denoising_figures(run);
  if (figures == nullptr || figures == denoising_figures) return restored;
  TrainRun of_net = run.of_net_inside();
  const std::string of_kind = figures(of_net);
  for (const auto& [name, value] : of_net.measured.members()) run.measured[name] = value;
  return restored + of_kind;
}

}  // namespace strata::pages
