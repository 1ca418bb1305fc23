#pragma once
// The LSTM autoencoder: a sequence of any length goes in step by step; what the encoder remembers
// at its end is condensed into one vector of fixed length, the code; and a second LSTM unrolls the
// sequence from the code again (Srivastava, Mansimov and Salakhutdinov 2015, "Unsupervised learning
// of video representations using LSTMs"; Sutskever, Vinyals and Le 2014). It shows that a code can
// hold not only what happened but also when: order and length are in it.
//
//   encoder   s_t = LSTM(x_t, s_{t−1}),  s = [h c], s_0 = 0         h = code = h_T W + b
//   start     s′_0 = tanh(code W + b)
//   decoder   s′_t = LSTM(y_t, s′_{t−1}),  r_t = f(h′_t W + b)      y_1 = 0, then the step before:
//             y_t = r_{t−1}, the decoder's own output; with teacher forcing y_t = x_{t−1}
//   L = 1/(2m) Σ_examples Σ_{t ≤ its length} ‖r_t − x_t‖²
//
// Teacher forcing (Williams and Zipser 1989) makes training easy and hides a danger: given the true
// previous step, the decoder can do well without the code, and is lost when it has to continue from
// its own output. So only training uses it; evaluation and reconstruct always run free. The
// validation loss shows the gap.
//
// With a reversed target the decoder begins with the step that the encoder saw last, which it
// remembers best. The steps come out in natural order all the same.

#include "autoencoders/own_kinds.hpp"
#include "autoencoders/shared.hpp"
#include "layers/dense.hpp"
#include "layers/lstm.hpp"

namespace strata {

struct LstmAutoencoderOptions {
  std::size_t steps = 0;                   // T, of the longest sequence
  std::size_t step_features = 1;           // d
  std::size_t units = 32;                  // of the encoder's and of the decoder's LSTM
  std::size_t code_size = 8;               // of the vector between them
  Activation output = Activation::linear;  // sigmoid for data in [0, 1]
  bool variable_lengths = false;           // zeros at the end of a row are padding
  bool teacher_forcing = false;            // in training
  bool reversed_target = false;            // the decoder begins with the last step
  Real decay = 0;                          // λ of (λ/2) Σ ‖W‖²
  Real forget_bias = 1;
};

/// The encoder kept alone, without its decoder: a layer X (m × T·d) → code (m × code_size) with
/// parameters of its own. It can be placed below a classifier (sequential.hpp) and trained with it.
struct LstmEncoder : Layer {
  Lstm lstm;
  Dense code;
  bool variable_lengths = false;

  LstmEncoder() = default;
  LstmEncoder(Lstm its_lstm, Dense its_code, bool varying)
      : lstm(std::move(its_lstm)), code(std::move(its_code)), variable_lengths(varying) {}
  Var forward(Tape& tape, Var X, Mode mode = Mode::evaluation) override;
  std::vector<Parameter*> parameters() override;
  Tensor encode(const Tensor& X);
};

struct LstmAutoencoder : Autoencoder {
  LstmAutoencoderOptions options;
  Lstm encoder, decoder;      // d → u, both
  Dense code, start, output;  // u → code, code → [h c] of the decoder, u → d

  LstmAutoencoder() = default;
  /// Draws the weights. Throws Error for sizes of 0 or a negative decay.
  LstmAutoencoder(const LstmAutoencoderOptions& options, Rng& rng);

  std::size_t features() const override { return options.steps * options.step_features; }
  std::size_t code_size() const override { return options.code_size; }

  /// X (m × T·d) → code (m × code_size).
  Var record_encode(Tape& tape, Var X, Mode mode) override;
  /// All T steps from the code alone, running free. The code does not say when to stop. With a
  /// reversed target the first step that comes out goes to the end, at T.
  Var record_decode(Tape& tape, Var h, Mode mode) override;
  /// Running free over the length of each sequence of X, with zeros after it.
  Var record_reconstruct(Tape& tape, Var X, Mode mode) override;
  /// Each step from the true previous step: what teacher forcing trains. It is not a
  /// reconstruction, since the decoder sees the data again. Compare it with `reconstruct`.
  Tensor reconstruct_with_teacher(const Tensor& X, Workers* workers = nullptr);
  /// A copy of the encoder: the decoder may be thrown away.
  LstmEncoder encoder_alone() const { return {encoder, code, options.variable_lengths}; }
  /// Terms: reconstruction; then weight_decay if its weight is above 0. In training mode with
  /// teacher forcing, if that is chosen.
  Objective objective_from(Tape& tape, Var input, Var target, Mode mode) override;
  /// encoder.0.Wx, .Wh, .b, encoder.1.W, .b, then decoder.0.W, .b (start), decoder.1.Wx, .Wh, .b,
  /// decoder.2.W, .b.
  std::vector<Parameter*> parameters() override;
  void check_data(const Tensor& X) const override;
  /// Of a step's features, whose biases all steps share.
  void begin_at_means(const Tensor& X) override;
  /// "8 steps of 8, 32 units, a code of 10"
  std::string architecture() const override;
  Json settings() const override;
  static LstmAutoencoder from_settings(const Json& settings, const OwnKinds& own = {});

 private:
  // A mask or a teacher without a tape is absent: all lengths are T, or the decoder runs free.
  Var mask_of(Var X) const;
  Var unroll(Tape& tape, Var code, Var mask, Var teacher);
};

}  // namespace strata
