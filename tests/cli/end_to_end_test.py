#!/usr/bin/env python3
"""Eight phantom patients through the whole line, from images to a report."""

import html.parser
import json
import pathlib
import re
import shutil
import signal
import tempfile

from program import BAD_INPUT, TINY, USAGE, ProgramTest, finish, is_whole, lines_in, main, run, start, wait_for

FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="mammograft-line-"))
LENGTHS = (12, 18)  # steps of the two stages: the killed run continues before the second begins
STEPS = sum(LENGTHS)
ANYWHERE = ["--rule", "distance", "--distance-mm", 500]  # so little training need not find the place


def tearDownModule():
    shutil.rmtree(FOLDER, ignore_errors=True)


def phantom(out, *more):
    return ("phantom", "--patients", 8, "--mm-per-px", 0.8, "--mass-fraction", 0.5, "--out", out, *more)


def train(out):
    return ("train", "detector", "--cohort", FOLDER / "cohort", "--folds", FOLDER / "folds.json", "--fold", 0,
            "--out", out, "--stages", "heads,stage3", "--lengths", ",".join(map(str, LENGTHS)), "--log-every", 5,
            "--checkpoint-every", 10, *TINY)


def files_of(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


class Page(html.parser.HTMLParser):
    """Collects what a page would load, and its open elements."""

    def __init__(self, text):
        super().__init__()
        self.loaded, self.tags = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        for name, value in attributes:
            if name in ("src", "href", "xlink:href", "data", "srcset") and value:
                self.loaded.append((tag, value))


class WholeLine(ProgramTest):
    """The steps are numbered: each builds on the ones before."""

    def test_1_phantom(self):
        self.succeeds(*phantom(FOLDER / "cohort"))
        cohort = json.loads((FOLDER / "cohort" / "cohort.json").read_text())
        self.assertEqual(len(cohort["images"]), 32)
        self.assertEqual(len({i["patient_id"] for i in cohort["images"]}), 8)
        self.assertGreater(len(cohort["annotations"]), 0)
        for image in cohort["images"]:
            self.assertTrue(is_whole(FOLDER / "cohort" / image["file_name"]), image)
        self.succeeds(*phantom(FOLDER / "again", "--threads", 1))
        self.assertEqual(files_of(FOLDER / "cohort"), files_of(FOLDER / "again"), "same seed, other bytes")
        self.succeeds(*phantom(FOLDER / "again", "--seed", 2, "--force"))
        self.assertNotEqual(files_of(FOLDER / "cohort"), files_of(FOLDER / "again"), "other seed, same bytes")

    def test_2_inspect(self):
        table = self.succeeds("inspect", FOLDER / "cohort", "--out", FOLDER / "look").out
        self.assertIn("patients", table)
        summary = json.loads((FOLDER / "look" / "summary.json").read_text())
        self.assertEqual(summary["patients"], 8)
        self.assertTrue(list((FOLDER / "look").glob("*.png")) + list((FOLDER / "look").glob("*.jpg")))

    def test_3_split(self):
        self.succeeds("split", FOLDER / "cohort", "--folds", 2, "--out", FOLDER / "folds.json")
        folds = json.loads((FOLDER / "folds.json").read_text())
        self.assertEqual(sorted(folds["fold_of"].values()), [0] * 4 + [1] * 4)

    def test_4_train(self):
        self.succeeds(*train(FOLDER / "run"))
        self.assertTrue(is_whole(FOLDER / "run" / "model.safetensors"))
        lines = [json.loads(line) for line in (FOLDER / "run" / "log.jsonl").read_text().splitlines()]
        self.assertEqual([line["step"] for line in lines], list(range(5, STEPS + 1, 5)))
        self.assertEqual(json.loads((FOLDER / "run" / "run.json").read_text())["seed"], 1)

    def test_4_threads_wait_briefly(self):
        """Threads that wait leave the cores to others, unless the user says how they wait."""
        asked = ["env", "-u", "OMP_WAIT_POLICY", "-u", "GOMP_SPINCOUNT", "OMP_DISPLAY_ENV=VERBOSE"]
        self.assertIn("GOMP_SPINCOUNT = '1000'", run("detect", "--help", launcher=asked).err)
        self.assertNotIn("GOMP_SPINCOUNT = '1000'",
                         run("detect", "--help", launcher=[*asked, "OMP_WAIT_POLICY=ACTIVE"]).err)

    def test_5_killed_training_continues(self):
        """SIGKILL after a checkpoint, at any moment: the same command ends in the same bytes."""
        out = FOLDER / "killed"
        process = start(*train(out))
        log = out / "log.jsonl"
        wait_for(lambda: lines_in(log) >= 3, process, "the kill")
        process.send_signal(signal.SIGKILL)
        self.assertEqual(finish(process, train(out)).code, -signal.SIGKILL)
        self.assertTrue((out / "checkpoint.safetensors").exists())
        self.assertFalse((out / "model.safetensors").exists())
        self.succeeds(*train(out))
        self.assertEqual((out / "log.jsonl").read_bytes(), (FOLDER / "run" / "log.jsonl").read_bytes())
        self.assertEqual((out / "model.safetensors").read_bytes(),
                         (FOLDER / "run" / "model.safetensors").read_bytes())

    def test_6_detect(self):
        self.succeeds("detect", "--model", FOLDER / "run/model.safetensors", "--cohort", FOLDER / "cohort",
                      "--folds", FOLDER / "folds.json", "--fold", 0, "--out", FOLDER / "found")
        found = json.loads((FOLDER / "found/detections.json").read_text())
        meta = json.loads((FOLDER / "found/detections.meta.json").read_text())
        cohort = json.loads((FOLDER / "cohort/cohort.json").read_text())
        fold_of = json.loads((FOLDER / "folds.json").read_text())["fold_of"]
        tested = {i["id"] for i in cohort["images"] if fold_of[i["patient_id"]] == 0}
        self.assertEqual(set(meta["image_ids"]), tested)
        self.assertEqual(len(meta["patients_hashed"]), 4)
        self.assertGreater(len(found), 0)
        size_of = {i["id"]: (i["width"], i["height"]) for i in cohort["images"]}
        for detection in found:
            self.assertIn(detection["image_id"], tested)
            self.assertTrue(0 <= detection["score"] <= 1, detection)
            x, y, w, h = detection["bbox"]
            width, height = size_of[detection["image_id"]]
            self.assertTrue(x >= 0 and y >= 0 and x + w <= width + 0.01 and y + h <= height + 0.01, detection)

    def test_6_detect_with_two_models_and_mirror_images(self):
        model = FOLDER / "run/model.safetensors"
        fold = ("--folds", FOLDER / "folds.json", "--fold", 0)
        self.succeeds("detect", "--model", model, "--model", model, "--cohort", FOLDER / "cohort", *fold,
                      "--out", FOLDER / "twice")
        # The same model twice finds what it finds once.
        once = {tuple(d["bbox"]): d["score"] for d in json.loads((FOLDER / "found/detections.json").read_text())}
        twice = json.loads((FOLDER / "twice/detections.json").read_text())
        best = max(twice, key=lambda d: d["score"])
        self.assertAlmostEqual(best["score"], max(once.values()), places=6)
        meta = json.loads((FOLDER / "twice/detections.meta.json").read_text())
        self.assertEqual(len(meta["model"]["ensemble"]), 2)
        self.assertEqual(len(meta["patients_hashed"]), 4)
        self.succeeds("detect", "--model", model, "--cohort", FOLDER / "cohort", *fold, "--mirrors", "xy", "--out",
                      FOLDER / "mirrored")
        mirrored = json.loads((FOLDER / "mirrored/detections.json").read_text())
        self.assertGreater(len(mirrored), 0)
        meta = json.loads((FOLDER / "mirrored/detections.meta.json").read_text())
        self.assertEqual(meta["model"]["looks"], 4)

    def test_6_detect_loose_files(self):
        files = sorted((FOLDER / "cohort/images").glob("p0001_*.png"))
        self.succeeds("detect", "--model", FOLDER / "run/model.safetensors", *reversed(files), "--out",
                      FOLDER / "loose")
        overlays = list((FOLDER / "loose/overlays").iterdir())
        self.assertEqual(len(overlays), len(files))
        for overlay in overlays:
            self.assertTrue(is_whole(overlay), overlay)
        for detection in json.loads((FOLDER / "loose/detections.json").read_text()):
            self.assertEqual(detection["file_name"], str(files[detection["image_id"] - 1]))

    def test_6_detect_on_dicom(self):
        release, out = FOLDER / "release", FOLDER / "dicom"
        self.succeeds("phantom", "--patients", 2, "--mm-per-px", 0.8, "--mass-fraction", 1, "--layout", "inbreast",
                      "--release-transfer-syntax", "jpeg-2000", "--out", release)
        self.succeeds("prepare", "inbreast", release, "--out", FOLDER / "imported", "--verify")
        made, imported = (json.loads((folder / "cohort.json").read_text())
                          for folder in (release / "cohort", FOLDER / "imported"))
        self.assertEqual(len(imported["images"]), len(made["images"]))
        self.assertEqual(len(imported["annotations"]), len(made["annotations"]))
        for there, here in zip(made["annotations"], imported["annotations"]):
            for a, b in zip(there["bbox"], here["bbox"]):
                self.assertAlmostEqual(a, b, delta=0.01)
        files = sorted((release / "AllDICOMs").iterdir())
        files[0].write_bytes(files[0].read_bytes()[:-200])  # one damaged file
        self.succeeds("detect", "--model", FOLDER / "run/model.safetensors", release / "AllDICOMs", "--keep-going",
                      "--objects", "cad-sr,tid1500,seg,gsps", "--min-score", 0.01, "--out", out)
        meta = json.loads((out / "detections.meta.json").read_text())
        self.assertEqual(len(meta["image_ids"]), len(files) - 1)
        self.assertEqual(len(meta["dicom"]), len(files) - 1)
        table = (out / "left_out.csv").read_text().splitlines()
        self.assertEqual(len(table), 2, table)
        self.assertIn(files[0].name, table[1])
        studies = {image["study_instance_uid"] for image in meta["dicom"]}
        self.assertEqual({p.name for p in (out / "objects").iterdir()}, studies)
        for study in studies:
            names = {p.name for p in (out / "objects" / study).iterdir()}
            self.assertTrue({"cad-sr.dcm", "tid1500.dcm"} <= names, names)
            self.assertGreater(sum(name.startswith("gsps-") for name in names), 0)
        self.check_failure(run("detect", "--model", FOLDER / "run/model.safetensors", files[1], "--objects", "pdf",
                               "--out", FOLDER / "refused"), USAGE, ["--objects: found pdf, expected cad-sr"])

    def test_6_detect_in_int8(self):
        """Calibrated without the fold; evaluate knows the calibration's patients as it does the training's."""
        model, fold = FOLDER / "run/model.safetensors", ("--folds", FOLDER / "folds.json", "--fold", 0)
        def calibrate(out, *part):
            return ("calibrate", "--model", model, "--cohort", FOLDER / "cohort", *part, "--out", out)
        def detect(calibration, out):
            return ("detect", "--model", model, "--cohort", FOLDER / "cohort", *fold, "--engine", "openvino",
                    "--precision", "int8", "--calibration", calibration, "--out", out)
        def evaluate(found):
            return ("evaluate", "--truth", FOLDER / "cohort", "--detections", found / "detections.json", "--out",
                    FOLDER / "int8-report", "--bootstrap-resamples", 0, "--cases", 0, "--force")
        if "without OpenVINO" in self.succeeds("--version").out:
            self.check_failure(run(*calibrate(FOLDER / "int8.json", *fold)), USAGE, ["MAMMOGRAFT_OPENVINO=1"])
            return
        self.succeeds(*calibrate(FOLDER / "int8.json", *fold, "--images", 5))
        calibration = json.loads((FOLDER / "int8.json").read_text())
        self.assertEqual(calibration["images"], 5)
        self.succeeds(*detect(FOLDER / "int8.json", FOLDER / "int8"))
        meta = json.loads((FOLDER / "int8/detections.meta.json").read_text())
        self.assertLessEqual(set(calibration["patients_hashed"]), set(meta["patients_hashed"]))
        self.assertIn("int8", meta["model"]["engine"])
        self.succeeds(*evaluate(FOLDER / "int8"))
        self.assertIn("finished before", self.succeeds(*calibrate(FOLDER / "int8.json", *fold, "--images", 5)).err)
        self.check_failure(run(*calibrate(FOLDER / "int8.json", *fold)), USAGE, ["--force", "images"])
        self.succeeds(*calibrate(FOLDER / "leaking.json", "--images", 0))
        self.succeeds(*detect(FOLDER / "leaking.json", FOLDER / "leaking"))
        self.check_failure(run(*evaluate(FOLDER / "leaking")), BAD_INPUT, ["leaking/detections.json"])

    def test_7_evaluate(self):
        self.succeeds("evaluate", "--truth", FOLDER / "cohort", "--detections", FOLDER / "found/detections.json",
                      "--run", FOLDER / "run", "--out", FOLDER / "report", "--bootstrap-resamples", 50, "--cases", 2)
        json.loads((FOLDER / "report/metrics.json").read_text())
        self.assertTrue(list((FOLDER / "report").rglob("*.csv")))
        self.assertTrue(list((FOLDER / "report").rglob("*.svg")))

    def test_7_evaluate_systems(self):
        """Two systems, one with two trainings, and files for statistics packages."""
        found = FOLDER / "found/detections.json"
        again = FOLDER / "second/detections.json"
        again.parent.mkdir()
        for path in (found, found.with_suffix(".meta.json")):
            (again.parent / path.name).write_bytes(path.read_bytes())
        out = FOLDER / "systems"
        self.succeeds("evaluate", "--truth", FOLDER / "cohort", "--system", f"ours={found}", "--system", f"ours={again}",
                      "--system", f"theirs={again}", *ANYWHERE, "--bootstrap-resamples", 50, "--permutations", 50,
                      "--cases", 1, "--out", out)
        metrics = json.loads((out / "metrics.json").read_text())
        self.assertEqual([system["runs"] for system in metrics["systems"]], [["ours, run 1", "ours, run 2"], ["theirs"]])
        self.assertTrue(all(d["difference"] in (0, None) for d in metrics["differences"]), "they found the same")
        self.assertIn("different numbers of runs", metrics["notes"][0])
        self.check_failure(run("evaluate", "--truth", FOLDER / "cohort", "--system", found, "--out", FOLDER / "refused"),
                           USAGE, ["expected NAME=FILE"])

    def test_7_operating_points(self):
        """Learnt from the held-out fold, on which nobody is evaluated afterwards."""
        model, told = FOLDER / "run/model.safetensors", FOLDER / "told.safetensors"
        self.check_failure(run("detect", "--model", model, "--cohort", FOLDER / "cohort", "--operating-point", 1, "--out",
                               FOLDER / "refused"), USAGE, ["mammograft operating-points tells it"])
        shipped = pathlib.Path(__file__).resolve().parents[2] / "assets/detector.safetensors"
        self.check_failure(run("operating-points", "--model", shipped, "--truth", FOLDER / "cohort", "--detections",
                               FOLDER / "found/detections.json", "--out", FOLDER / "refused"), BAD_INPUT,
                           ["found by another model"])
        self.succeeds("operating-points", "--model", model, "--truth", FOLDER / "cohort", "--detections",
                      FOLDER / "found/detections.json", *ANYWHERE, "--fppi", 50, "--place", "no", "--out", told)
        self.check_failure(run("operating-points", "--model", told, "--truth", FOLDER / "cohort", "--detections",
                               FOLDER / "found/detections.json", "--fppi", 50, "--out", told, "--force"), USAGE,
                           ["is read as well"])
        self.succeeds("detect", "--model", told, "--cohort", FOLDER / "cohort", "--folds", FOLDER / "folds.json", "--fold",
                      0, "--operating-point", 50, "--probabilities", "platt", "--out", FOLDER / "pointed")
        meta = json.loads((FOLDER / "pointed/detections.meta.json").read_text())
        used = meta["model"]["scores_used"]
        self.assertEqual((used["operating_point"]["fppi"], used["probabilities"]), (50, "platt"))
        detections = json.loads((FOLDER / "pointed/detections.json").read_text())
        everything = json.loads((FOLDER / "found/detections.json").read_text())
        above = [d for d in everything if d["score"] >= used["operating_point"]["threshold"]]
        self.assertEqual(len(detections), len(above))
        self.check_failure(run("evaluate", "--truth", FOLDER / "cohort", "--detections",
                               FOLDER / "pointed/detections.json", "--out", FOLDER / "refused"),
                           BAD_INPUT, ["the model learnt from"])

    def test_7_places_and_a_release(self):
        """Scores by place, in a file that is handed on: its name stands in what it finds."""
        placed, handed_on = FOLDER / "placed.safetensors", FOLDER / "handed-on.safetensors"
        told = self.succeeds("operating-points", "--model", FOLDER / "run/model.safetensors", "--truth", FOLDER / "cohort",
                             "--detections", FOLDER / "found/detections.json", *ANYWHERE, "--fppi", 50, "--place", "yes",
                             "--out", placed)
        self.assertIn("by score and place", told.err)
        self.check_failure(run("export", "--model", placed, "--release", handed_on), USAGE, ["--name and --version"])
        self.succeeds("export", "--model", placed, "--release", handed_on, "--name", "phantoms", "--version", "0.1.0")
        self.assertLess(handed_on.stat().st_size, 0.6 * placed.stat().st_size)
        found = {}
        for name, model in (("whole", placed), ("halved", handed_on)):
            self.succeeds("detect", "--model", model, "--cohort", FOLDER / "cohort", "--folds", FOLDER / "folds.json", "--fold", 0,
                          "--probabilities", "platt", "--out", FOLDER / name)
            found[name] = json.loads((FOLDER / name / "detections.json").read_text())
            model = json.loads((FOLDER / name / "detections.meta.json").read_text())["model"]
            self.assertTrue(model["scores_used"]["by_place"])
            self.assertEqual(model.get("release"), None if name == "whole" else {"name": "phantoms", "version": "0.1.0"})
        self.assertAlmostEqual(max(d["score"] for d in found["whole"]), max(d["score"] for d in found["halved"]), delta=0.05)

    def test_8_report(self):
        """One page that loads nothing from elsewhere and says what it is for."""
        text = (FOLDER / "report/report.html").read_text()
        page = Page(text)
        for tag, target in page.loaded:
            beside = tag == "a" and (FOLDER / "report" / target).is_file()  # a link, not a part
            self.assertTrue(beside or target.startswith(("data:", "#")), f"<{tag}> loads {target[:100]}")
        self.assertEqual(re.findall(r"url\((?!['\"]?(?:data:|#))[^)]*\)|@import[^;]*", text), [])
        for tag in ("svg", "img", "table"):
            self.assertIn(tag, page.tags)
        for words in ("FROC", "research use only"):
            self.assertIn(words, text)
        self.assertNotIn("NaN", text)
        addresses = set(re.findall(r"https?://[^\s\"'<>)]+", text))
        self.assertEqual({a for a in addresses if not a.startswith("http://www.w3.org/")}, set())

    def test_9_no_leftovers(self):
        self.check_folder(FOLDER)


if __name__ == "__main__":
    main()
