#include "experiment/lineage.h"

#include <gtest/gtest.h>

#include "cohort/cohort.h"
#include "cohort/detections.h"
#include "cohort/folds.h"
#include "core/files.h"
#include "core/safetensors.h"
#include "core/testing.h"

namespace mammograft {
namespace {

// Patients p/0 to p/3; p/0 and p/1 are tested in fold 0. A study of one detector that learns from
// grafts of a blender; every test plants one leak.
struct LineageTest : testing::Test {
  TestFolder folder;
  Graph graph{"1"};
  Task blender, grafts, detector, detect;

  LineageTest() {
    write_real();
    blender = add("train-blender", "model.safetensors", {}, {});
    grafts = add("synthesize", "cohort.json", {"--cohort", real()}, {blender.id});
    detector = add("train-detector", "model.safetensors", {}, {grafts.id});
    add_detect();
    model(blender, "blender", {"p/2", "p/3"});
    write_grafts("p/2", "p/3", {"p/2", "p/3"});
    model(detector, "detector", {"p/2", "p/3"});
    found({"p/2", "p/3"});
  }

  std::string real() const { return (folder / "real").string(); }

  Task add(const std::string& kind, const std::string& marker, std::vector<std::string> arguments,
           std::vector<std::string> inputs) {
    Task task;
    task.kind = kind;
    task.marker = marker;
    task.arguments = std::move(arguments);
    task.inputs = std::move(inputs);
    return graph.add(task);
  }

  void add_detect() {
    detect = add("detect", "detections.json",
                 {"--model", detector.marked(), "--cohort", real(), "--folds",
                  (folder / "folds.json").string(), "--fold", "0"},
                 {detector.id});
  }

  ImageRecord image(int64_t id, const std::string& patient) const {
    ImageRecord record;
    record.id = id;
    record.file_name = fmt::format("{}.png", id);
    record.width = record.height = 10;
    record.patient_id = patient;
    return record;
  }

  void write_real() const {
    Cohort cohort;
    cohort.folder = real();
    cohort.categories = {{}};
    for (int i = 0; i < 4; ++i) cohort.images.push_back(image(i, fmt::format("p/{}", i)));
    create_folder(cohort.folder);
    write_cohort(cohort);
    write_folds(folder / "folds.json", {2, 1, {{"p/0", 0}, {"p/1", 0}, {"p/2", 1}, {"p/3", 1}}});
  }

  // Graft 88: lesion 17 of one patient on another's image.
  void write_grafts(const std::string& lesion, const std::string& background,
                    const std::vector<std::string>& learnt) const {
    Cohort cohort;
    cohort.folder = folder / grafts.folder();
    cohort.categories = {{}};
    cohort.info[PatientSet::kKey] = PatientSet::of(learnt).to_json();
    ImageRecord graft = image(88, background);
    Provenance source;
    source.method = "blend";
    source.background = {"7.png", background};
    source.lesion = {{"5.png", lesion}, 17};
    graft.source = source;
    cohort.images.push_back(graft);
    create_folder(cohort.folder);
    write_cohort(cohort);
  }

  void write_model(const fs::path& path, const std::string& kind, const Json& description) const {
    create_folder(path.parent_path());
    SafeTensors file;
    file.metadata = {{"kind", "mammograft-" + kind}, {"format", "1"}, {kind, description.dump()}};
    write_safetensors(path, file);
  }
  Json from(const std::vector<std::string>& patients) const {
    return {{PatientSet::kKey, PatientSet::of(patients).to_json()}};
  }
  void model(const Task& task, const std::string& kind,
             const std::vector<std::string>& patients) const {
    write_model(folder / task.marked(), kind, from(patients));
  }

  void found(const std::vector<std::string>& patients) const {
    create_folder(folder / detect.folder());
    write_detections_meta(folder / detect.marked(), {{0, 1}, PatientSet::of(patients)});
    write_detections(folder / detect.marked(), {});
  }

  std::string leak() const {
    const Lineage lineage = trace(folder.path(), graph, detect.id);
    return lineage.leak ? lineage.leak->text() : "";
  }
};

TEST_F(LineageTest, NobodyWhoIsTestedStandsBehindACleanStudy) {
  const Lineage lineage = trace(folder.path(), graph, detect.id);
  EXPECT_FALSE(lineage.leak);
  EXPECT_EQ(lineage.patients, (std::vector<std::string>{"p/0", "p/1"}));
  ASSERT_EQ(lineage.artefacts.size(), 4u);
  EXPECT_EQ(lineage.artefacts[0].path, blender.marked());
  EXPECT_EQ(lineage.artefacts[0].patients, 2u);
  refuse(lineage, detect.id);
  write_lineage(folder / "lineage.json", lineage, detect.id);
  EXPECT_EQ(read_json(folder / "lineage.json")["patients_tested"], 2);
}

TEST_F(LineageTest, AGraftOfATestedPatientsLesion) {
  write_grafts("p/1", "p/3", {});
  EXPECT_EQ(leak(), "patient p/1 -> lesion 17 of " + real() + " -> graft 88 of " + grafts.folder() +
                        " -> detector " + detector.folder() + " -> detections " + detect.folder());
  EXPECT_ERROR(
      refuse(trace(folder.path(), graph, detect.id), detect.id), bad_input,
      "a leak: it would be scored on somebody who stands behind it: patient p/1 -> lesion 17");
}

TEST_F(LineageTest, AGraftOnATestedPatientsBackground) {
  write_grafts("p/2", "p/0", {});
  EXPECT_EQ(leak(), "patient p/0 -> background 7.png -> graft 88 of " + grafts.folder() +
                        " -> detector " + detector.folder() + " -> detections " + detect.folder());
}

TEST_F(LineageTest, ABlenderThatLearntFromOne) {
  model(blender, "blender", {"p/0", "p/3"});
  EXPECT_EQ(leak(), "patient p/0 -> blender " + blender.folder() + " -> grafts " + grafts.folder() +
                        " -> detector " + detector.folder() + " -> detections " + detect.folder());
}

TEST_F(LineageTest, GraftsOfANetworkThatIsNotThere) {
  write_grafts("p/2", "p/3", {"p/1"});
  EXPECT_EQ(leak().find("patient p/1 -> the network or the real masses behind " + grafts.folder()),
            0u)
      << leak();
}

// With a learnt placement prior, say: nothing of p/1 is in any graft.
TEST_F(LineageTest, GraftsPlacedAfterATestedPatientsMass) {
  write_grafts("p/2", "p/3", {"p/1", "p/2", "p/3"});
  EXPECT_EQ(leak(), "patient p/1 -> the network or the real masses behind " + grafts.folder() +
                        " -> grafts " + grafts.folder() + " -> detector " + detector.folder() +
                        " -> detections " + detect.folder());
}

TEST_F(LineageTest, AGraftOfALesionOfAnArmsOwnCohort) {
  grafts =
      add("synthesize", "cohort.json", {"--cohort", real(), "--lesions", "refined"}, {blender.id});
  detector = add("train-detector", "model.safetensors", {}, {grafts.id});
  add_detect();
  write_grafts("p/1", "p/3", {});
  model(detector, "detector", {"p/2", "p/3"});
  found({"p/2", "p/3"});
  EXPECT_EQ(leak().find("patient p/1 -> lesion 17 of refined -> graft 88 of " + grafts.folder()),
            0u)
      << leak();
}

TEST_F(LineageTest, ATestedImageOfNobodyIsAnError) {
  Cohort cohort = read_cohort(real());
  cohort.images[2].patient_id.clear();
  write_cohort(cohort);
  detect = add("detect", "detections.json", {"--model", detector.marked(), "--cohort", real()},
               {detector.id});
  EXPECT_ERROR(leak(), bad_input, real() + ": image 2 (2.png): patient_id: missing");
}

TEST_F(LineageTest, ADetectorThatLearntFromOne) {
  model(detector, "detector", {"p/1"});
  EXPECT_EQ(leak(),
            "patient p/1 -> detector " + detector.folder() + " -> detections " + detect.folder());
}

TEST_F(LineageTest, ADetectorThatStartedFromAModelThatLearntFromOne) {
  const std::string start = (folder / "start.safetensors").string();
  write_model(start, "detector", from({"p/0"}));
  Task task;
  task.kind = "train-detector";
  task.marker = "model.safetensors";
  task.arguments = {"--init", start};
  task.outside = {{start, "0123"}};
  detector = graph.add(task);
  add_detect();
  model(detector, "detector", {"p/2"});  // and does not say so
  found({"p/2"});
  EXPECT_EQ(leak(), "patient p/0 -> " + start + " -> detector " + detector.folder() +
                        " -> detections " + detect.folder());
}

TEST_F(LineageTest, WeightsOfOthersHaveNobodyBehindThem) {
  const fs::path start = folder / "coco.safetensors";
  write_safetensors(start, {});
  Task task;
  task.kind = "train-detector";
  task.marker = "model.safetensors";
  task.outside = {{start.string(), "0123"}};
  detector = graph.add(task);
  add_detect();
  model(detector, "detector", {"p/2"});
  found({"p/2"});
  EXPECT_EQ(leak(), "");
}

TEST_F(LineageTest, OperatingPointsMadeOnOne) {
  const Task points = add("operating-points", "model.safetensors", {}, {detector.id});
  Json description = from({"p/2"});
  description["scores"] = from({"p/1"});
  write_model(folder / points.marked(), "detector", description);
  detector = points;
  add_detect();
  found({"p/2"});
  EXPECT_EQ(leak(), "patient p/1 -> operating points -> operating points " + points.folder() +
                        " -> detections " + detect.folder());
}

TEST_F(LineageTest, ACalibrationMadeOnOne) {
  const Task calibration = add("calibrate", "int8.json", {}, {});
  create_folder(folder / calibration.folder());
  write_json(folder / calibration.marked(), from({"p/0"}));
  detect = add("detect", "detections.json",
               {"--calibration", calibration.marked(), "--cohort", real(), "--folds",
                (folder / "folds.json").string(), "--fold", "0"},
               {detector.id, calibration.id});
  found({"p/2"});
  EXPECT_EQ(leak(), "patient p/0 -> calibration " + calibration.folder() + " -> detections " +
                        detect.folder());
}

TEST_F(LineageTest, DetectionsThatSaySoThemselves) {
  found({"p/1"});
  EXPECT_EQ(leak(), "patient p/1 -> detections " + detect.folder());
}

TEST_F(LineageTest, AskedOfAnythingElseItIsAnError) {
  EXPECT_ERROR(trace(folder.path(), graph, detector.id), usage,
               "expected one that looks for masses");
  fs::remove(folder / blender.marked());
  EXPECT_ERROR(leak(), io, "model.safetensors");
}

// Of a training that made its grafts itself.
TEST_F(LineageTest, SomebodyGraftedWhileTheDetectorLearntIsALeak) {
  Json description = from({"p/1", "p/2", "p/3"});
  description["training"] = {{"fresh_grafts", from({"p/1"})}};
  write_model(folder / detector.marked(), "detector", description);
  EXPECT_EQ(leak(),
            "patient p/1 -> a lesion, a background or the blender of its fresh grafts -> "
            "detector " +
                detector.folder() + " -> detections " + detect.folder());
}

TEST_F(LineageTest, TheStateThatWasUsedIsAskedItself) {
  const std::string early = detector.folder() + "/model-400.safetensors";
  detect = add("detect", "detections.json",
               {"--model", early, "--cohort", real(), "--folds", (folder / "folds.json").string(),
                "--fold", "0"},
               {detector.id});
  found({"p/2", "p/3"});
  write_model(folder / early, "detector", from({"p/2", "p/3"}));
  EXPECT_EQ(leak(), "");
  write_model(folder / early, "detector", from({"p/0", "p/2"}));
  EXPECT_EQ(leak(), "patient p/0 -> detector " + early + " -> detections " + detect.folder());
}

}  // namespace
}  // namespace mammograft
