#include "core/autodiff/ops.hpp"

namespace strata {

template <class... Rows>
static std::vector<const Op*> pointers_to(const Rows&... rows) {
  return {&rows...};
}

const std::vector<const Op*>& all_ops() {
  static const std::vector<const Op*> table = pointers_to(
      matmul_op, matmul_bt_op, matmul_at_op, transpose_op, add_row_op, affine_op, concat_cols_op,
      slice_cols_op, concat_rows_op, slice_rows_op, reshape_op, add_op, sub_op, mul_op, div_op,
      scale_op, add_scalar_op, sigmoid_op, tanh_op, relu_op, leaky_relu_op, elu_op, softplus_op,
      exp_op, log_op, sqrt_op, square_op, abs_op, sum_op, mean_op, sum_rows_op, mean_rows_op,
      sum_cols_op, softmax_op, log_softmax_op, conv2d_op, conv2d_transpose_op, max_pool2d_op,
      avg_pool2d_op, upsample_nearest2d_op, batch_norm_op, batch_norm_fixed_op,
      running_statistics_op, layer_norm_op, half_mse_op, bce_op, bce_with_logits_op, kl_sparsity_op,
      l1_of_code_op, half_squared_norm_op, keep_largest_op, softmax_cross_entropy_op,
      dropout_mask_op, lstm_cell_op, sequence_mask_op, normal_noise_op, gaussian_kl_op, corrupt_op,
      repeat_rows_op, scale_blocks_op, step_slope_op, contraction_op);
  return table;
}

}  // namespace strata
