// Groups of masses: by size, view, density, vendor, data set, or any attribute of the annotations.
#pragma once

#include <string>
#include <vector>

#include "evaluate/froc_block.h"
#include "evaluate/matching.h"

namespace mammograft {

struct NamedGroup {
  std::string by, group;
  MassGroup members;  // [masses]
};

// Every mass belongs to one group of each property; those of which it is not known form the group
// "unknown". Numbers and size bins stand in ascending order, conspicuity from obvious to barely
// visible, everything else in alphabetical order. "density" is the breast's,
// "dataset" what stands before the slash of its patient's id; other names are an attribute of the
// mass, else what the image's `acquisition` says (vendor, birads). With no `properties`: birads,
// conspicuity, dataset, density, margin(s), pathology, shape, size, subtlety, vendor and view, each
// where it is known for some mass and makes at least two groups. Throws bad_input
// when a property that is asked for is not known for any mass, usage for bins that do not ascend.
std::vector<NamedGroup> mass_groups(const Truth& truth, const std::vector<std::string>& properties,
                                    const std::vector<double>& size_bins_mm);

// Largest diameter in mm: size_mm where given, else the box's longer side by the pixel spacing;
// nothing without either.
std::optional<double> mass_size_mm(const Annotation& mass, const ImageRecord& image);

}  // namespace mammograft
