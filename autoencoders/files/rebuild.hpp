#pragma once
// From the settings of an autoencoder of any kind back to such a model: what a file keeps.

#include <memory>

#include "autoencoders/own_kinds.hpp"

namespace strata {

/// The model of Autoencoder::settings, by its key `model` (files of older versions have none:
/// dense). Classes of a program's own are looked up first. Its parameters are yet to be set. Throws
/// Error for settings that no class has, or that do not go together.
std::unique_ptr<Autoencoder> rebuild(const Json& settings, const OwnKinds& own = {});

}  // namespace strata
