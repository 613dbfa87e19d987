// Views of mammography (PS3.16, CID 4014), for who reads and who writes them.
#pragma once

#include <string>
#include <vector>

namespace mammograft {

struct MammographyView {
  const char* name;     // "MLO", as View Position has it
  const char* snomed;   // by SNOMED CT
  const char* retired;  // by SNOMED RT, as files up to 2019 have it
  const char* meaning;  // empty: reports do not name it
};

const std::vector<MammographyView>& mammography_views();

// None: null.
const MammographyView* view_of_code(const std::string& code);
const MammographyView* view_called(const std::string& name);

}  // namespace mammograft
