#include "blend/make_discriminator.h"

#include "blend/patch_discriminator.h"
#include "blend/projected_discriminator.h"

namespace mammograft {

std::shared_ptr<DiscriminatorImpl> make_discriminator(const DiscriminatorOptions& options) {
  if (options.features == "imagenet") return ProjectedDiscriminator(options).ptr();
  return PatchDiscriminator(options).ptr();
}

}  // namespace mammograft
