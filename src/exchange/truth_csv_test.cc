#include "exchange/truth_csv.h"

#include "core/files.h"
#include "core/testing.h"

namespace mammograft {
namespace {

class TruthCsvTest : public testing::Test {
 protected:
  Cohort read(const std::string& text) {
    write_file(folder_ / "t.csv", text);
    return read_truth_csv(folder_ / "t.csv", options_);
  }

  TableOptions options_;

 private:
  TestFolder folder_;
};

TEST_F(TruthCsvTest, ReadsImagesAndMasses) {
  const Cohort truth = read(
      "file_name,patient,laterality,view,width,height,pixel_spacing_mm,xmin,ymin,xmax,ymax,"
      "category,size_mm,ignore,BI-RADS,Shape\n"
      "p/b.png,P1,left,cc,200,400,0.07,20,40,60,140,mass,12.5,,4,oval\n"
      "p/a.png,P1,R,MLO,100,300,0.07\\0.08,,,,,,,,,\n"
      "p/b.png,P1,left,cc,200,400,0.07,-0.5,0,10,10,cyst,,1,4.5,\n");
  ASSERT_EQ(truth.images.size(), 2u);
  const ImageRecord& a = truth.images[0];
  EXPECT_EQ(a.id, 1);
  EXPECT_EQ(a.file_name, "p/a.png");
  EXPECT_EQ(a.status, Status::normal);
  EXPECT_EQ(a.laterality, "R");
  EXPECT_EQ(a.pixel_spacing_mm, (std::array<double, 2>{0.07, 0.08}));
  const ImageRecord& b = truth.images[1];
  EXPECT_EQ(b.status, Status::mass);
  EXPECT_EQ(b.patient_id, "P1");
  EXPECT_EQ(b.laterality, "L");
  EXPECT_EQ(b.view, "CC");
  EXPECT_EQ(b.width, 200);
  EXPECT_EQ(b.height, 400);
  ASSERT_EQ(truth.categories.size(), 2u);
  EXPECT_EQ(truth.categories[0].name, "cyst");
  EXPECT_EQ(truth.categories[1].id, 2);
  ASSERT_EQ(truth.annotations.size(), 2u);
  const Annotation& cyst = truth.annotations[0];
  EXPECT_EQ(cyst.bbox, (Box{0, 0, 10, 10}));
  EXPECT_TRUE(cyst.ignore);
  EXPECT_EQ(cyst.attributes, (Json{{"bi_rads", 4.5}}));
  const Annotation& mass = truth.annotations[1];
  EXPECT_EQ(mass.id, 2);
  EXPECT_EQ(mass.image_id, 2);
  EXPECT_EQ(mass.category_id, 2);
  EXPECT_EQ(mass.bbox, (Box{20, 40, 60, 140}));
  EXPECT_EQ(mass.size_mm, 12.5);
  EXPECT_EQ(mass.mask_origin, MaskOrigin::box);
  EXPECT_EQ(mass.attributes, (Json{{"bi_rads", 4}, {"shape", "oval"}}));
}

TEST_F(TruthCsvTest, OrderOfRowsDoesNotMatter) {
  const std::string head = "image,image_width,image_height,x,y,width,height,category\n";
  std::vector<std::string> rows = {"b,50,50,1,2,3,4,mass\n", "a,50,50,5,6,7,8,mass\n",
                                   "a,50,50,1,2,3,4,cyst\n", "c,50,50,,,,,\n"};
  std::sort(rows.begin(), rows.end());
  std::string first;
  do {
    std::string text = head;
    for (const std::string& row : rows) text += row;
    const Cohort truth = read(text);
    std::string found;
    for (const ImageRecord& i : truth.images) found += fmt::format("{} {},", i.id, i.file_name);
    for (const Annotation& a : truth.annotations)
      found += fmt::format("{} {} {} {},", a.id, a.image_id, a.category_id, a.bbox.x0);
    if (first.empty()) first = found;
    EXPECT_EQ(found, first);
  } while (std::next_permutation(rows.begin(), rows.end()));
  EXPECT_EQ(first, "1 a,2 b,3 c,1 1 1 1,2 1 2 5,3 2 2 1,");
}

TEST_F(TruthCsvTest, TakesIdsThatTheTableHas) {
  const Cohort truth = read(
      "image_id;file_name;image_width;image_height;x;y;w;h\n9;a;50;50;1,5;2;3;4\n4;b;50;50;;;;\n");
  EXPECT_EQ(truth.images[0].id, 9);
  EXPECT_EQ(truth.images[1].id, 4);
  EXPECT_EQ(truth.annotations[0].image_id, 9);
  EXPECT_EQ(truth.annotations[0].bbox, (Box{1.5, 2, 4.5, 6}));
  EXPECT_TRUE(truth.annotations[0].attributes.empty());
  EXPECT_EQ(read("image_id,width,height,x,y,w,h\nq7,50,50,1,2,3,4\n").images[0].file_name, "q7");
}

TEST_F(TruthCsvTest, OptionsSayWhatNamesDoNot) {
  options_.boxes = "xyxy-fractions";
  options_.columns = {"image=case", "patient=who", "box=at"};
  const Cohort truth = read("case,who,width,height,at\n1,p,200,400,0.1 0.1 0.3 0.35\n");
  EXPECT_EQ(truth.images[0].patient_id, "p");
  EXPECT_NEAR(truth.annotations[0].bbox.y1, 140, 1e-12);
}

TEST_F(TruthCsvTest, NamesFileLineAndColumnOfWhatIsWrong) {
  const std::string head = "image,patient,image_width,image_height,x,y,width,height\n";
  const std::string good = "a,1,50,60,1,2,3,4\n";
  EXPECT_ERROR(read(head + good + "a,2,50,60,1,2,3,4\n"), bad_input,
               "t.csv: line 3: patient of a: found \"2\", expected that of line 2, \"1\"");
  EXPECT_ERROR(read(head + good + "a,1,50,61,1,2,3,4\n"), bad_input, "line 3: height of a");
  EXPECT_ERROR(read(head + ",1,50,60,1,2,3,4\n"), bad_input, "line 2: image: found nothing");
  EXPECT_ERROR(read(head + "a,1,0,60,1,2,3,4\n"), bad_input, "line 2: image_width: found \"0\"");
  EXPECT_ERROR(read(head + "a,1,50,60,1,2,3,\n"), bad_input, "line 2: box: found half a box");
  EXPECT_ERROR(read(head + "a,1,50,60,1,2,0,4\n"), bad_input, "line 2: box: found an empty box");
  EXPECT_ERROR(read(head + "a,1,50,60,30,40,40,50\n"), bad_input,
               "(found x0, y0, x1, y1? truth_boxes xyxy takes them so)");
  EXPECT_ERROR(read(head + "a,1,50,60,0.1,0.2,0.3,0.4\n"), bad_input,
               "truth_boxes xywh-fractions takes them");
  EXPECT_ERROR(read("image,x,y,width,height\n"), bad_input, "expected one for image_width");
  EXPECT_ERROR(read("image,width,height\n"), bad_input, "expected columns of boxes");
  EXPECT_ERROR(read("image_id,file_name,width,height,bbox\n3,a,9,9,\n3,b,9,9,\n"), bad_input,
               "t.csv: image_id: found 3 of a and of b");
  const std::string more = "image,width,height,x,y,w,h,";
  EXPECT_ERROR(read(more + "side\na,9,9,1,1,2,2,both\n"), bad_input, "side: found \"both\"");
  EXPECT_ERROR(read(more + "status\na,9,9,1,1,2,2,ill\n"), bad_input, "status: found \"ill\"");
  EXPECT_ERROR(read(more + "spacing\na,9,9,1,1,2,2,0\n"), bad_input, "spacing: found \"0\"");
  EXPECT_ERROR(read(more + "size_mm\na,9,9,1,1,2,2,-1\n"), bad_input, "size_mm: found \"-1\"");
  EXPECT_ERROR(read(more + "ignore\na,9,9,1,1,2,2,no\n"), bad_input, "ignore: found \"no\"");
}

}  // namespace
}  // namespace mammograft
