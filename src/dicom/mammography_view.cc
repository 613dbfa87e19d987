#include "dicom/mammography_view.h"

namespace mammograft {

const std::vector<MammographyView>& mammography_views() {
  static const std::vector<MammographyView> views = {
      {"ML", "399260004", "R-10224", "medio-lateral"},
      {"MLO", "399368009", "R-10226", "medio-lateral oblique"},
      {"LM", "399352003", "R-10228", "latero-medial"},
      {"LMO", "399099002", "R-10230", "latero-medial oblique"},
      {"CC", "399162004", "R-10242", "cranio-caudal"},
      {"FB", "399196006", "R-10244", "caudo-cranial (from below)"},
      {"SIO", "399188001", "R-102D0", "superolateral to inferomedial oblique"},
      {"ISO", "441555000", "R-40AAA", ""},
      {"XCC", "399192008", "R-1024A", "cranio-caudal exaggerated"},
      {"XCCL", "399101009", "R-1024B", "cranio-caudal exaggerated laterally"},
      {"XCCM", "399265009", "R-102CF", "cranio-caudal exaggerated medially"},
      {"specimen", "127457009", "G-8310", ""},
  };
  return views;
}

const MammographyView* view_of_code(const std::string& code) {
  for (const MammographyView& view : mammography_views()) {
    if (code == view.snomed || code == view.retired) return &view;
  }
  return nullptr;
}

const MammographyView* view_called(const std::string& name) {
  for (const MammographyView& view : mammography_views()) {
    if (name == view.name) return &view;
  }
  return nullptr;
}

}  // namespace mammograft
