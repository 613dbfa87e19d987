// The discriminator that options ask for.
#pragma once

#include <memory>

#include "blend/discriminator.h"
#include "blend/discriminator_options.h"

namespace mammograft {

// usage where options do not fit together; io where the weights that it is built on are missing.
std::shared_ptr<DiscriminatorImpl> make_discriminator(const DiscriminatorOptions& options);

}  // namespace mammograft
