// What the measures of a set's masses come to, with intervals over patients.
#pragma once

#include "assess/assessed_set.h"
#include "stats/bootstrap.h"

namespace mammograft {

// Of the real masses: what high-frequency powers are told over. NaN where none has one.
double median_high_frequency(const AssessedSet& real);

// Means and spreads of single measures.
void summarise(AssessedSet& set, double real_high_frequency);

// Synthetic sets: contrast and detail against those of the source lesions.
void compare_with_sources(AssessedSet& set, const PatientResampler& patients,
                          const BootstrapOptions& options);

// Synthetic sets: their conspicuity and detector's scores against those of the real masses;
// patients of both are resampled together.
void compare_with_real(const AssessedSet& real, AssessedSet& set, const PatientResampler& patients,
                       const BootstrapOptions& options);

}  // namespace mammograft
