#include "cohort/provenance.h"

#include <algorithm>
#include <limits>

#include "core/finite_json.h"

namespace mammograft {
namespace {

using Origin = Provenance::Origin;
using Transform = Provenance::Transform;

uint64_t seed_from_json(const JsonView& view) {
  if (view.json().is_number_unsigned()) return view.json().get<uint64_t>();
  const int64_t seed = view.integer();
  if (seed < 0) view.reject("0 or more");
  return static_cast<uint64_t>(seed);
}

Origin origin_from_json(const JsonView& view) {
  return {view.string("file_name"), view.string_or("patient_id", "")};
}

Json origin_to_json(const Origin& origin) {
  return {{"file_name", origin.file_name}, {"patient_id", origin.patient_id}};
}

Json lesion_to_json(const Provenance::Lesion& lesion) {
  Json json = origin_to_json(lesion);
  json["annotation_id"] = lesion.annotation_id;
  return json;
}

Transform transform_from_json(const JsonView& view) {
  if (!view.json().is_object()) view.reject("an object");
  Transform transform;
  transform.scale = view.number_or("scale", transform.scale);
  transform.rotation_deg = view.number_or("rotation_deg", transform.rotation_deg);
  if (view.has("flip")) transform.flip = view.at("flip").boolean();
  transform.gain = view.number_or("gain", transform.gain);
  if (view.has("center_px")) {
    const JsonView center = view.at("center_px");
    if (center.size() != 2) center.reject("[x, y]");
    transform.center_px = {center.at(size_t{0}).integer(), center.at(1).integer()};
  }
  return transform;
}

Json transform_to_json(const Transform& transform) {
  Json json = {{"scale", transform.scale},
               {"rotation_deg", transform.rotation_deg},
               {"flip", transform.flip},
               {"gain", transform.gain}};
  if (transform.center_px) json["center_px"] = *transform.center_px;
  return json;
}

using Bands = Provenance::Detail::Bands;

Bands bands_from_json(const JsonView& view) {
  Bands bands;
  if (view.size() != bands.size()) view.reject("a number a band, two of them");
  for (size_t i = 0; i < bands.size(); ++i) {
    const JsonView one = view.at(i);
    bands[i] = one.json().is_null() ? std::numeric_limits<double>::quiet_NaN() : one.number();
  }
  return bands;
}

Json bands_to_json(const Bands& bands) {
  Json json = Json::array();
  for (double weight : bands) json.push_back(finite_json(weight));
  return json;
}

bool is_ours(const std::string& key) {
  static const auto keys = {
      "method", "seed", "background", "lesion", "transform", "background_change", "detail"};
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

}  // namespace

Provenance::Detail detail_from_json(const JsonView& view) {
  if (!view.json().is_object()) view.reject("an object");
  Provenance::Detail detail;
  detail.lesion = bands_from_json(view.at("lesion"));
  detail.background = bands_from_json(view.at("background"));
  detail.salient_lesion = bands_from_json(view.at("salient_lesion"));
  detail.salient_background = bands_from_json(view.at("salient_background"));
  detail.points = view.integer("points");
  detail.surviving = view.integer("surviving");
  return detail;
}

Json detail_to_json(const Provenance::Detail& detail) {
  return {{"lesion", bands_to_json(detail.lesion)},
          {"background", bands_to_json(detail.background)},
          {"salient_lesion", bands_to_json(detail.salient_lesion)},
          {"salient_background", bands_to_json(detail.salient_background)},
          {"points", detail.points},
          {"surviving", detail.surviving}};
}

Provenance provenance_from_json(const JsonView& view) {
  Provenance provenance;
  if (!view.json().is_object()) view.reject("an object, the provenance of a synthetic image");
  provenance.method = view.string("method");
  if (view.has("seed")) provenance.seed = seed_from_json(view.at("seed"));
  if (view.has("background")) provenance.background = origin_from_json(view.at("background"));
  if (view.has("lesion")) {
    const JsonView lesion = view.at("lesion");
    provenance.lesion = {origin_from_json(lesion), lesion.integer("annotation_id")};
  }
  if (view.has("transform")) provenance.transform = transform_from_json(view.at("transform"));
  if (view.has("background_change"))
    provenance.background_change = view.number("background_change");
  if (view.has("detail")) provenance.detail = detail_from_json(view.at("detail"));
  for (const auto& [key, value] : view.json().items()) {
    if (!is_ours(key)) provenance.others[key] = value;
  }
  return provenance;
}

Json provenance_to_json(const Provenance& provenance) {
  Json json = {{"method", provenance.method}};
  if (provenance.seed) json["seed"] = *provenance.seed;
  json["background"] = provenance.background ? origin_to_json(*provenance.background) : nullptr;
  json["lesion"] = provenance.lesion ? lesion_to_json(*provenance.lesion) : nullptr;
  if (provenance.transform) json["transform"] = transform_to_json(*provenance.transform);
  if (provenance.background_change) json["background_change"] = *provenance.background_change;
  if (provenance.detail) json["detail"] = detail_to_json(*provenance.detail);
  json.update(provenance.others);
  return json;
}

}  // namespace mammograft
