#include "exchange/category_lookup.h"

#include "core/testing.h"
#include "exchange/testing.h"

namespace mammograft {
namespace {

TEST(CategoryLookup, FindsNamesIdsAndClasses) {
  Cohort truth = truth_of({}, {"mass", "calcification"});
  truth.categories[0].id = 5;  // "mass" comes after "calcification" (2)
  const CategoryLookup lookup(truth, "");
  EXPECT_EQ(lookup.find("Mass ", "f"), 5);
  EXPECT_EQ(lookup.find("2", "f"), 2);
  EXPECT_EQ(lookup.of_class(0, "f"), 2);
  EXPECT_EQ(lookup.of_class(1, "f"), 5);
  EXPECT_ERROR(
      lookup.find("cyst", "f.csv: line 2"), bad_input,
      "f.csv: line 2: found cyst, expected one of the truth's: calcification (2), mass (5)");
  EXPECT_ERROR(lookup.of_class(2, "f"), bad_input, "found class 2, expected 0 to 1");
  EXPECT_ERROR(lookup.of_class(-1, "f"), bad_input, "found class -1");
}

TEST(CategoryLookup, KnowsWhatIsNotSaid) {
  EXPECT_EQ(CategoryLookup(truth_of({}), "").unsaid("f"), 1);
  EXPECT_EQ(CategoryLookup(truth_of({}, {"mass", "cyst"}), "Cyst").unsaid("f"), 2);
  EXPECT_ERROR(CategoryLookup(truth_of({}, {"mass", "cyst"}), "").unsaid("f.csv"), bad_input,
               "f.csv: no category, and the truth has several: mass (1), cyst (2)");
  EXPECT_ERROR(CategoryLookup(truth_of({}), "cyst"), usage, "default_category: found cyst");
}

}  // namespace
}  // namespace mammograft
