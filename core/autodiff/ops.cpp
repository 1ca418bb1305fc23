#include "core/autodiff/ops.hpp"

namespace strata {

const std::vector<const Op*>& all_ops() {
  static const std::vector<const Op*> table = {&matmul_op,
                                               &matmul_bt_op,
                                               &matmul_at_op,
                                               &transpose_op,
                                               &add_row_op,
                                               &affine_op,
                                               &concat_cols_op,
                                               &slice_cols_op,
                                               &add_op,
                                               &sub_op,
                                               &mul_op,
                                               &div_op,
                                               &scale_op,
                                               &add_scalar_op,
                                               &sigmoid_op,
                                               &tanh_op,
                                               &relu_op,
                                               &leaky_relu_op,
                                               &elu_op,
                                               &softplus_op,
                                               &exp_op,
                                               &log_op,
                                               &sqrt_op,
                                               &square_op,
                                               &abs_op,
                                               &sum_op,
                                               &mean_op,
                                               &sum_rows_op,
                                               &mean_rows_op,
                                               &sum_cols_op,
                                               &softmax_op,
                                               &log_softmax_op,
                                               &half_mse_op,
                                               &bce_op,
                                               &bce_with_logits_op,
                                               &kl_sparsity_op,
                                               &l1_of_code_op,
                                               &half_squared_norm_op,
                                               &keep_largest_op,
                                               &softmax_cross_entropy_op,
                                               &dropout_mask_op};
  return table;
}

}  // namespace strata
