#!/usr/bin/env python3
"""The detector that ships: it works without --model on the mammograms beside it, and finds as many masses of CBIS-DDSM's
test split as the network that it was made from (docs/results/released-detector). The latter is skipped where
../shared/data is not there."""

import json
import pathlib
import shutil
import unittest

from program import BAD_INPUT, ProgramTest, main, run

TREE = pathlib.Path(__file__).resolve().parents[2]
DATA = TREE / "../shared/data/cbis-ddsm-800/test"
AS_TRAINED = TREE / "docs/results/released-detector/test-split.json"
MAMMOGRAMS = TREE / "assets/mammograms"
# [x, y, width, height] as CBIS-DDSM annotates them.
MASSES = {"cbis-ddsm-00516-left-cc.jpg": [103.6, 484.0, 78.6, 71.1],
          "cbis-ddsm-00516-left-mlo.jpg": [62.9, 489.7, 77.4, 75.4]}
CLOSE = 0.01       # of the mean TPR: four of the 378 masses
CLOSE_RATE = 0.02  # of a single one, which a false positive more or less moves along


def centre_inside(box, mass):
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    return mass[0] <= x <= mass[0] + mass[2] and mass[1] <= y <= mass[1] + mass[3]


class ShippedTest(ProgramTest):
    def test_finds_the_mass_in_both_views(self):
        out = self.folder / "found"
        result = self.succeeds("detect", MAMMOGRAMS, "--out", out)
        model = json.loads((out / "detections.meta.json").read_text())["model"]
        release = model["release"]
        self.assertIn("masses: 0.5 false positives an image", result.out + result.err)
        self.assertIn(f"by {release['name']} {release['version']}", result.out + result.err)
        self.assertEqual(model["scores_used"]["operating_point"]["limits"], "shown")
        best = {}
        for detection in json.loads((out / "detections.json").read_text()):
            best.setdefault(pathlib.Path(detection["file_name"]).name, detection)  # by falling score
        for file, mass in MASSES.items():
            self.assertTrue(centre_inside(best[file]["bbox"], mass), f"{file}: {best[file]['bbox']}, the mass is {mass}")
            self.assertTrue((out / "overlays" / file).exists())

    def test_what_force_replaces_comes_back_where_the_search_fails(self):
        images, out = self.folder / "images", self.folder / "found"
        images.mkdir()
        for file in MASSES:
            shutil.copy(MAMMOGRAMS / file, images)
        self.succeeds("detect", images, "--out", out)
        before = {p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()}
        (images / "0-damaged.png").write_bytes(b"\x89PNG\r\n\x1a\n")
        self.check_failure(run("detect", images, "--out", out, "--force"), BAD_INPUT, ["0-damaged.png"])
        after = {p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()}
        self.assertEqual(before.keys(), after.keys())
        for name in ("detections.json", "detections.meta.json"):
            self.assertEqual(before[pathlib.Path(name)], after[pathlib.Path(name)])

    @unittest.skipUnless(DATA.exists(), f"{DATA} is not there")
    def test_finds_as_much_as_it_was_trained_to(self):
        cohort, out = self.folder / "test", self.folder / "found"
        self.succeeds("prepare", "coco", DATA / "_annotations.coco.json", "--images", DATA, "--dataset", "cbis-ddsm",
                      "--file-regex", "^([0-9]+)_(LEFT|RIGHT)_(CC|MLO)", "--file-groups", "patient,laterality,view",
                      "--resize", "480,800", "--split", "test", "--out", cohort)
        self.succeeds("detect", "--cohort", cohort, "--out", out)
        trained = json.loads(AS_TRAINED.read_text())["as trained"]
        for rule in ("centre", "iou"):
            report, expected = self.folder / rule, trained[rule]
            self.succeeds("evaluate", "--truth", cohort, "--detections", out / "detections.json", "--rule", rule, "--cases", 0,
                          "--fppi", ",".join(expected), "--bootstrap-resamples", 50, "--out", report)
            points = json.loads((report / "metrics.json").read_text())["results"][0]["operating_points"]
            self.assertEqual(len(points), len(expected))
            gained = [point["tpr"] - expected[f"{point['fppi_limit']:g}"] for point in points]
            self.assertLess(max(map(abs, gained)), CLOSE_RATE, f"{rule}: {gained}")
            self.assertLess(abs(sum(gained)) / len(gained), CLOSE, f"{rule}: {gained}")


if __name__ == "__main__":
    main()
