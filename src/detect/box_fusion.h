// What several looks at one image found, as one list: weighted boxes fusion (Solovyev, Wang and
// Gabruseva 2021, section 3), but for one thing: of boxes that one look drew around the same mass
// only the surest counts. The mean of all of them, which the paper takes, would make a mass less
// sure the more boxes there are. No torch.
#pragma once

#include <vector>

#include "detect/found_mass.h"

namespace mammograft {

struct BoxFusionOptions {
  double iou = 0.3;  // boxes overlapping more are one mass
};

// Boxes of one mass are averaged, weighted by their scores; its score is the mean over all looks, 0
// for those that did not see it; its mask is that of the surest look that outlined it. By falling
// score. A single look comes back as it is.
std::vector<FoundMass> fuse(std::vector<std::vector<FoundMass>> looks,
                            const BoxFusionOptions& options = {});

}  // namespace mammograft
