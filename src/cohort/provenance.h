// What a synthetic image says of its own making: `source` in cohort.json (docs/formats.md).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "core/json.h"

namespace mammograft {

struct Provenance {
  struct Origin {            // an image that went into it
    std::string file_name;   // in its own cohort
    std::string patient_id;  // empty: not known
    bool operator==(const Origin&) const = default;
  };
  struct Lesion : Origin {  // the mass of that image
    int64_t annotation_id = 0;
    bool operator==(const Lesion&) const = default;
  };
  struct Transform {  // of the lesion
    double scale = 1;
    double rotation_deg = 0;  // counter-clockwise
    bool flip = false;        // before the rotation
    double gain = 1;          // of its grey levels on their way to the background's
    std::optional<std::array<int64_t, 2>> center_px = {};  // x, y of the grafted region
    bool operator==(const Transform&) const = default;
  };
  // Whose fine structure the graft shows (graft/detail.h): the least-squares weights of lesion and
  // background in the result, of the finer and the coarser band. NaN (null): not measurable.
  struct Detail {
    using Bands = std::array<double, 2>;
    Bands lesion{}, background{};                  // in all of the grafted region
    Bands salient_lesion{}, salient_background{};  // where the lesion is the stronger
    int64_t points = 0, surviving = 0;             // bright points of the lesion, and in the graft
    bool operator==(const Detail&) const = default;
  };
  std::string method;
  std::optional<uint64_t> seed = {};
  std::optional<Origin> background = {};  // none: made from nothing that can be named
  std::optional<Lesion> lesion = {};      // as there
  std::optional<Transform> transform = {};
  std::optional<double> background_change = {};  // before compositing, share of full scale
  std::optional<Detail> detail = {};
  Json others = Json::object();  // keys of another program, kept as they are

  double gain() const { return transform ? transform->gain : 1; }
  double scale() const { return transform ? transform->scale : 1; }
  bool operator==(const Provenance&) const = default;
};

// bad_input naming place and key: no method, an origin without its file or a lesion without its
// annotation, a value of another type. null is as good as absent.
Provenance provenance_from_json(const JsonView& view);
Json provenance_to_json(const Provenance& provenance);

// `detail` alone, as a synthesis notes it.
Provenance::Detail detail_from_json(const JsonView& view);
Json detail_to_json(const Provenance::Detail& detail);

}  // namespace mammograft
