#include "phantom/patient.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "phantom/exposure.h"
#include "phantom/parenchyma.h"
#include "phantom/placement.h"

namespace mammograft {

namespace {

Polygon to_pixels(Polygon polygon, const TissueView& view, bool mirrored) {
  const double width = view.mask.cols, height = view.mask.rows;
  for (Point& p : polygon) p = {p.x / view.mm_per_px, p.y / view.mm_per_px};
  polygon = clip_to_image(polygon, width, height);
  if (mirrored) {
    for (Point& p : polygon) p.x = width - p.x;
  }
  return polygon;
}

PatientMass describe_mass(const ImplantedMass& mass, const TissueView& view, bool mirrored) {
  return {to_pixels(mass.contour_mm, view, mirrored), mass.size_mm, mass.cnr, mass.shape,
          mass.margin};
}

PatientImage finish_image(const TissueView& view, const std::string& laterality, int density,
                          const PhantomOptions& options, const TissueNoise& noise, Rng rng) {
  PatientImage image;
  image.laterality = laterality;
  image.view = view.shape.view;
  image.density = density;
  // Fewer quanta reach a smaller pixel.
  const double quantum = options.quantum_noise * 0.2 / options.mm_per_px;
  image.pixels = expose(view.attenuation, view.mask, quantum, noise, rng);
  // By convention a right breast is shown with the chest wall at the right.
  const bool mirrored = laterality == "R";
  if (mirrored) cv::flip(image.pixels, image.pixels, 1);
  image.breast_contour_px = to_pixels(view.shape.outline, view, mirrored);
  image.pectoral_contour_px = to_pixels(view.shape.pectoral, view, mirrored);
  const cv::Rect box = cv::boundingRect(view.mask);
  const double x0 = mirrored ? view.mask.cols - box.x - box.width : box.x;
  image.breast_box = {x0, double(box.y), x0 + box.width, double(box.y + box.height)};
  return image;
}

}  // namespace

std::vector<PatientImage> make_patient(const PhantomOptions& options, const TissueNoise& noise,
                                       const Rng& rng) {
  const BreastSize size = random_breast_size(rng.fork("size"));
  const TissueTraits traits = random_tissue(rng.fork("tissue"), options.density_shares);
  Rng fate = rng.fork("fate");
  const bool has_mass = fate.chance(options.mass_fraction);
  const uint64_t mass_side = fate.chance(0.5) ? 1 : 0;
  std::vector<PatientImage> images;
  for (uint64_t side = 0; side < 2; ++side) {
    const Rng breast = rng.fork("breast", side);
    const BreastSize breast_size = vary(size, breast.fork("size"));
    const TissueTraits tissue = vary(traits, breast.fork("tissue"));
    std::vector<TissueView> views;
    for (const View view : {View::cc, View::mlo}) {
      const Rng stream = breast.fork(to_string(view));
      const BreastShape shape = make_breast_shape(view, breast_size, options.field_width_mm,
                                                  options.field_height_mm, stream.fork("shape"));
      views.push_back(make_tissue(shape, tissue, options.mm_per_px, noise, stream.fork("tissue")));
    }
    std::vector<ImplantedMass> masses;  // one for each view, or none
    if (has_mass && side == mass_side) {
      masses = implant_mass(views, options, noise, rng.fork("mass"));
    }
    for (size_t v = 0; v < views.size(); ++v) {
      images.push_back(finish_image(views[v], side == 0 ? "L" : "R", traits.density, options, noise,
                                    breast.fork("noise", v)));
      if (!masses.empty()) images.back().mass = describe_mass(masses[v], views[v], side == 1);
    }
  }
  return images;
}

}  // namespace mammograft
