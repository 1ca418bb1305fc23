#include "autoencoders/lstm_autoencoder.hpp"

#include <algorithm>

#include "core/autodiff/names.hpp"
#include "layers/row_pieces.hpp"

namespace strata {

LstmAutoencoder::LstmAutoencoder(const LstmAutoencoderOptions& o, Rng& rng) : options(o) {
  check(o.steps > 0 && o.step_features > 0 && o.units > 0 && o.code_size > 0,
        "lstm autoencoder: ", o.steps, " steps of ", o.step_features, " features, ", o.units,
        " units, a code of ", o.code_size, " (each must be 1 or more)");
  check(o.decay >= 0, "lstm autoencoder: the weight decay is negative");
  encoder = Lstm("encoder.0", o.step_features, o.units, rng, o.forget_bias);
  code = Dense("encoder.1", o.units, o.code_size, Activation::linear, rng);
  start = Dense("decoder.0", o.code_size, 2 * o.units, Activation::tanh, rng);
  decoder = Lstm("decoder.1", o.step_features, o.units, rng, o.forget_bias);
  output = Dense("decoder.2", o.units, o.step_features, o.output, rng);
}

std::vector<Parameter*> LstmAutoencoder::parameters() {
  return {&encoder.Wx, &encoder.Wh, &encoder.b,  &code.W,    &code.b,   &start.W,
          &start.b,    &decoder.Wx, &decoder.Wh, &decoder.b, &output.W, &output.b};
}

// ---- the encoder

static Var mask_where(bool variable_lengths, Var X, std::size_t step_features) {
  return variable_lengths ? sequence_mask(X, step_features) : Var{};
}

static Var encode_masked(Tape& tape, Lstm& lstm, Dense& code, Var X, Var mask) {
  const std::vector<Var> states = lstm.states(tape, X, mask);
  const Var h_T = name_step(lstm.hidden(states.back()), "h", states.size() - 1);
  return named(code.forward(tape, h_T), "code");
}

Var LstmEncoder::forward(Tape& tape, Var X, Mode) {
  return encode_masked(tape, lstm, code, X, mask_where(variable_lengths, X, lstm.inputs()));
}

std::vector<Parameter*> LstmEncoder::parameters() {
  return {&lstm.Wx, &lstm.Wh, &lstm.b, &code.W, &code.b};
}

Tensor LstmEncoder::encode(const Tensor& X) {
  return in_row_pieces(X, code.outputs(), nullptr,
                       [this](Tape& tape, Var x) { return forward(tape, x); });
}

Var LstmAutoencoder::mask_of(Var X) const {
  return mask_where(options.variable_lengths, X, options.step_features);
}

Var LstmAutoencoder::record_encode(Tape& tape, Var X, Mode) {
  return encode_masked(tape, encoder, code, X, mask_of(X));
}

// ---- the decoder

// Going backwards through time needs no reversed copy of the data. An example shorter than T is
// then masked in the decoder's first steps: its state waits until its own last step comes.
Var LstmAutoencoder::unroll(Tape& tape, Var h, Var mask, Var teacher) {
  const std::size_t T = options.steps, d = options.step_features;
  Var state = named(start.forward(tape, h), "decoder.1 start");
  Var before = tape.input(Tensor({h.shape()[0], d}), "nothing yet");  // what the decoder receives
  std::vector<Var> R(T);
  for (std::size_t k = 0; k < T; ++k) {
    const std::size_t t = options.reversed_target ? T - 1 - k : k;
    const Var x_mask = mask.tape != nullptr ? name_step(step_of(mask, t, d), "mask", t) : Var{};
    state =
        name_step(decoder.step(tape, before, state, mask_of_step(mask, t, d)), decoder.name(), t);
    const Var h_t = name_step(decoder.hidden(state), "h", t);
    R[t] = name_step(output.forward(tape, h_t), "r", t);
    if (mask.tape != nullptr) R[t] = name_step(mul(R[t], x_mask), "masked r", t);
    before = teacher.tape != nullptr ? step_of(teacher, t, d) : R[t];
  }
  return concat_cols(R);
}

Var LstmAutoencoder::record_decode(Tape& tape, Var h, Mode) {
  return unroll(tape, h, {}, {});
}

Var LstmAutoencoder::record_reconstruct(Tape& tape, Var X, Mode) {
  const Var mask = mask_of(X);
  return unroll(tape, encode_masked(tape, encoder, code, X, mask), mask, {});
}

Tensor LstmAutoencoder::reconstruct_with_teacher(const Tensor& X, Workers* workers) {
  return in_row_pieces(X, features(), workers, [this](Tape& tape, Var x) {
    const Var mask = mask_of(x);
    return unroll(tape, encode_masked(tape, encoder, code, x, mask), mask, x);
  });
}

Objective LstmAutoencoder::objective_from(Tape& tape, Var input, Var target, Mode mode) {
  const bool forced = options.teacher_forcing && mode == Mode::training;
  const Var mask = mask_of(target);  // a corrupted input is as long as the clean one
  const Var h = encode_masked(tape, encoder, code, input, mask);
  const Var R = unroll(tape, h, mask, forced ? target : Var{});
  std::vector<Term> terms;
  terms.push_back({"reconstruction", half_mse(R, target)});  // past the end both are 0
  if (options.decay > 0) {
    terms.push_back({"weight_decay", record_weight_decay(tape, parameters(), options.decay)});
  }
  return sum_of_terms(std::move(terms));
}

void LstmAutoencoder::check_data(const Tensor& X) const {
  Autoencoder::check_data(X);
  check_data_range(options.output, X);
}

void LstmAutoencoder::begin_at_means(const Tensor& X) {
  Tensor means({options.step_features});
  const Tensor of_columns = column_means(X);
  for (std::size_t j = 0; j < of_columns.size(); ++j)
    means[j % means.size()] += of_columns[j] / Real(options.steps);
  begin_bias_at_means(output.b, options.output, means, X.rows());
}

std::string LstmAutoencoder::architecture() const {
  const LstmAutoencoderOptions& o = options;
  return text(o.steps, " steps of ", o.step_features, ", ", o.units, " units, a code of ",
              o.code_size);
}

Json LstmAutoencoder::settings() const {
  const LstmAutoencoderOptions& o = options;
  return Json::object({{"model", "lstm"},
                       {"steps", o.steps},
                       {"step_features", o.step_features},
                       {"units", o.units},
                       {"code_size", o.code_size},
                       {"output", activation_name(o.output)},
                       {"variable_lengths", o.variable_lengths},
                       {"teacher_forcing", o.teacher_forcing},
                       {"reversed_target", o.reversed_target},
                       {"decay", o.decay}});
}

LstmAutoencoder LstmAutoencoder::from_settings(const Json& settings, const OwnKinds& own) {
  LstmAutoencoderOptions o;
  o.steps = settings.at("steps").as_size();
  o.step_features = settings.at("step_features").as_size();
  o.units = settings.at("units").as_size();
  o.code_size = settings.at("code_size").as_size();
  o.output = activation_named(settings.at("output").as_string(), own.activations);
  o.variable_lengths = settings.at("variable_lengths").as_bool();
  o.teacher_forcing = settings.at("teacher_forcing").as_bool();
  o.reversed_target = settings.at("reversed_target").as_bool();
  o.decay = Real(settings.at("decay").as_number());
  Rng unused(0);
  return LstmAutoencoder(o, unused);
}

}  // namespace strata
