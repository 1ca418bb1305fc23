#include "autoencoders/sparse.hpp"

#include <algorithm>

namespace strata {

CodeStatistics code_statistics(const Tensor& H) {
  CodeStatistics statistics;
  statistics.mean_activation = column_means(H);
  for (Real mean : statistics.mean_activation.values) {
    statistics.mean_of_means += double(mean) / double(H.cols());
  }
  statistics.share_of_zeros =
      double(std::count(H.values.begin(), H.values.end(), Real(0))) / double(H.size());
  return statistics;
}

}  // namespace strata
