#include "experiment/artefact.h"

#include "cohort/cohort.h"
#include "cohort/detections.h"
#include "cohort/patients.h"
#include "core/json.h"
#include "core/model_description.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;

void add_graft(const ImageRecord& image, const std::string& shown, const std::string& lesions,
               Artefact& artefact) {
  const std::string graft = fmt::format("graft {} of {}", image.id, shown);
  const Provenance& source = *image.source;
  if (source.lesion) {
    artefact.named.try_emplace(
        source.lesion->patient_id,
        std::vector{fmt::format("lesion {} of {}", source.lesion->annotation_id, lesions), graft});
  }
  if (source.background) {
    artefact.named.try_emplace(
        source.background->patient_id,
        std::vector{fmt::format("background {}", source.background->file_name), graft});
  }
  if (!image.patient_id.empty())
    artefact.named.try_emplace(image.patient_id, std::vector{std::string("image"), graft});
}

Artefact of_cohort(const fs::path& path, const std::string& shown, const std::string& lesions) {
  const Cohort cohort = read_cohort(path);
  Artefact artefact;
  artefact.hashed = learnt_from(cohort);
  artefact.through = "the network or the real masses behind " + shown;
  for (const ImageRecord& image : cohort.images) {
    if (is_synthetic(image)) add_graft(image, shown, lesions, artefact);
  }
  artefact.named.erase("");
  return artefact;
}

Artefact of_model(const fs::path& path) {
  Artefact artefact;
  const auto description = read_own_model_description(path);
  if (!description) return artefact;
  const JsonView view = description->view();
  artefact.hashed = PatientSet::from_json(view);
  if (view.has("scores")) artefact.points = PatientSet::from_json(view.at("scores"));
  if (view.has("training") && view.at("training").has("fresh_grafts"))
    artefact.grafts = PatientSet::from_json(view.at("training").at("fresh_grafts"));
  return artefact;
}

Artefact of_json(const fs::path& path) {
  Artefact artefact;
  const Json json = read_json(path);
  const JsonView view(json, path.string());
  if (json.is_object() && PatientSet::is_in(view)) artefact.hashed = PatientSet::from_json(view);
  return artefact;
}

}  // namespace

size_t Artefact::patients() const {
  PatientSet all = hashed;
  all.merge(points);
  all.merge(grafts);
  for (const auto& [patient, how] : named) all.insert(patient);
  return all.size();
}

std::optional<std::vector<std::string>> Artefact::how(const std::string& patient) const {
  std::vector<std::string> links = {"patient " + patient};
  if (const auto found = named.find(patient); found != named.end()) {
    links.insert(links.end(), found->second.begin(), found->second.end());
    return links;
  }
  if (grafts.contains(patient)) {
    links.emplace_back("a lesion, a background or the blender of its fresh grafts");
    return links;
  }
  if (hashed.contains(patient)) {
    if (!through.empty()) links.push_back(through);
    return links;
  }
  if (!points.contains(patient)) return std::nullopt;
  links.emplace_back("operating points");
  return links;
}

Artefact read_artefact(const fs::path& path, const std::string& shown, const std::string& lesions) {
  if (fs::is_regular_file(path / "cohort.json")) return of_cohort(path, shown, lesions);
  if (path.filename() == "cohort.json") return of_cohort(path.parent_path(), shown, lesions);
  if (path.extension() == ".safetensors") return of_model(path);
  if (path.filename() == "detections.json") return of_json(detections_meta_path(path));
  return path.extension() == ".json" ? of_json(path) : Artefact{};
}

}  // namespace mammograft
