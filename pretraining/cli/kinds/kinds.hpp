#pragma once
// The kinds of autoencoder that the command line knows, each a row of a table: what it takes when
// nothing else is said, which options it has, and how a model of it is made. A new kind is a row
// here and a file with its maker.

#include <memory>
#include <string>
#include <vector>

#include "autoencoders/dense_autoencoder.hpp"
#include "core/data/dataset.hpp"
#include "core/data/scaling.hpp"
#include "pretraining/cli/options.hpp"
#include "pretraining/pages/train.hpp"

namespace strata::cli {

/// What a kind takes when nothing else is said.
struct Defaults {
  std::size_t hidden;  // code units
  std::size_t epochs;
  const char* optimizer;
  double rate;
  const char* schedule;
};

/// What a model must know of its data.
struct DataShape {
  std::size_t features = 0;
  ImageShape image{};  // 0×0: not pictures
};

/// How wide a code makes the kind what it is.
enum class Width {
  narrow,          // fewer units than features
  usually_narrow,  // the same when nothing else is said
  any,
  wide  // as many as features or more
};

struct Kind;
/// A fresh model of the kind. Throws UsageError for options that do not go together.
using Maker = std::unique_ptr<Autoencoder>(const Kind& kind, const DataShape& data,
                                           const Options& options, Rng& rng);
Maker make_dense, make_contractive, make_variational, make_lstm, make_convolutional;

struct Kind {
  const char* name;
  const char* point;  // in a line: what it is, for --help
  Defaults defaults;
  std::vector<std::string> small_example = {"--layers", "6-4"};  // options of a model to print,
  DataShape small_data = {6, {}};                                // and what it is of
  const char* own_options =  // of model_specs, those that it takes
      "layers hidden hidden-activation code output loss rho beta l1 keep decay tied init "
      "corruption noise dropout";
  pages::Figures figures;  // what its page shows beside the usual; may be null
  Maker* make = make_dense;
  /// What `train` says of these data before it begins, in a line or none; may be null. Throws
  /// UsageError where the scaling does not suit the model.
  std::string (*remark)(const Autoencoder& model, const Dataset& data,
                        const Scaling& scaling) = nullptr;
  std::vector<std::string> pages;  // of docs/guide
  Width width = Width::any;
  bool corrupts = false;                      // its input, also without --corruption
  std::vector<std::size_t> layers_between{};  // features and code, without --layers
  /// Of kinds that are settings of the dense autoencoder: what they are for features, hidden
  /// layers, code.
  DenseAutoencoderOptions (*dense)(const std::vector<std::size_t>& sizes) = nullptr;
  bool may_be_deep = false;  // `dense` takes several hidden layers
};

const std::vector<Kind>& kinds();
/// "linear, undercomplete, …"
std::string kind_names();
/// The kind of that name, or null.
const Kind* find_kind(const std::string& name);
/// Throws UsageError for another word, suggesting the nearest.
const Kind& kind_named(const std::string& name);

/// Whether the kind takes the option of model_specs.
bool takes(const Kind& kind, const std::string& option);
/// Whether it can have a code of this many units for data of this many features.
bool can_have_code(const Kind& kind, std::size_t code_size, std::size_t features);

/// Of an LstmAutoencoder whose lengths do not vary: a line if rows end in zeros, which may be
/// padding. Throws UsageError where lengths vary and a scaling has moved the zeros.
std::string padding_remark(const Autoencoder& model, const Dataset& data, const Scaling& scaling);

// ---- what the makers share
/// --image, or the data's own: of one grey picture, 0×0 where there is none.
ImageShape image_of(const DataShape& data, const Options& options);
/// --layers, or --hidden, or the kind's own: features, hidden layers, code.
std::vector<std::size_t> sizes_of(const Kind& kind, std::size_t features, const Options& options);
/// --optimizer, or the kind's own.
std::string optimizer_of(const Kind& kind, const Options& options);

}  // namespace strata::cli
