// From whom everything came that a score rests on: the leak guard of an experiment.
//
// Every artefact says itself whose it is (docs/formats.md): a graft names the patients of its
// lesion and of its background; models, int8 calibrations, operating points, cohorts made by a
// network and detections carry hashed patients. The guard does not believe the last of them alone:
// it walks back through the graph and asks each.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "experiment/graph.h"

namespace mammograft {

// How something of a patient who is tested came into the detections, in words, from the patient on:
// "patient phantom/3", "lesion 17 of tasks/phantom-…", "graft 88 of tasks/synthesize-…",
// "detector tasks/train-detector-…", "detections tasks/detect-…".
struct LeakChain {
  std::vector<std::string> links;
  std::string text() const;  // joined by arrows
};

struct Lineage {
  std::vector<std::string> patients;  // who is tested: those of the images that were searched
  struct Artefact {
    std::string path;     // relative to the experiment's folder, or from outside
    size_t patients = 0;  // behind it, as it says
  };
  std::vector<Artefact> artefacts;  // behind the detections, the sources first
  std::optional<LeakChain> leak;    // the first, nearest to its source
};

// Of what the task `detect` found. All that it comes from must be there: throws io, or bad_input
// for a file that does not say what it should.
Lineage trace(const std::filesystem::path& folder, const Graph& graph, const std::string& detect);

// Throws bad_input with the chain.
void refuse(const Lineage& lineage, const std::string& detect);

// {"task", "patients_tested", "artefacts": [{"path", "patients"}]}: what the guard looked at.
void write_lineage(const std::filesystem::path& file, const Lineage& lineage,
                   const std::string& detect);

}  // namespace mammograft
