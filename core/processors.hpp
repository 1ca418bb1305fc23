#pragma once
// How many processors this program may use. A container or a batch system often gives it fewer than
// the machine has: as a quota of processor time of its control group, in Linux. Threads beyond that
// would use up the quota sooner and then all stand still until the next period.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace strata {

/// How many processors a quota is worth, rounded up. The text is that of the file cpu.max, a quota
/// and a period in microseconds such as "150000 100000", which gives 2; or in control groups of
/// version 1, of cpu.cfs_quota_us and cpu.cfs_period_us, one after the other. Nothing if there is
/// no quota ("max" or -1), or for any other text.
std::optional<std::size_t> processors_of_quota(std::string_view quota_and_period);

/// The least that the quotas of a process and of the groups around its own are worth; nothing if
/// there are none. `groups` is the text of /proc/self/cgroup; `mounted` is the folder that shows
/// all groups.
std::optional<std::size_t> processors_of_groups(const std::string& groups,
                                                const std::string& mounted);

/// Those of the machine, or fewer if there is a quota; at least 1.
std::size_t usable_processors();

}  // namespace strata
