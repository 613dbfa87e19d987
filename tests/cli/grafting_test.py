#!/usr/bin/env python3
"""Grafting from outside: a blender, every method of synthesis, a detector that learns from the result, and all
that can be wrong with any of them."""

import json
import pathlib
import shutil
import signal
import tempfile

from program import (BAD_INPUT, CANCELLED, TINY, USAGE, ProgramTest, finish, main, run, start, wait_for)

FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="mammograft-grafting-"))
BLENDER = ["--data-grid-mm", 0.8, "--data-window-px", 80, "--data-validation-windows", 4, "--generator-widths", "4,8,8",
           "--discriminator-widths", "4,8,8", "--loss-scales", 3, "--batch", 2, "--steps", 6, "--validate-every", 3,
           "--sheet-every", 6, "--checkpoint-every", 2, "--vanilla-side-px", 32, "--vanilla-width", 4, "--threads", 1]


def tearDownModule():
    shutil.rmtree(FOLDER, ignore_errors=True)


def cohort():
    path = FOLDER / "cohort"
    if not (path / "cohort.json").exists():
        result = run("phantom", "--patients", 8, "--mm-per-px", 0.8, "--mass-fraction", 0.5, "--out", path)
        assert result.code == 0, result
        result = run("split", path, "--folds", 2, "--out", FOLDER / "folds.json")
        assert result.code == 0, result
    return path


def fold(k=0):
    return ["--cohort", cohort(), "--folds", FOLDER / "folds.json", "--fold", k]


def blender(method="blend"):
    path = FOLDER / f"blender-{method}"
    if not (path / "model.safetensors").exists():
        result = run("train", "blender", *fold(), "--method", method, "--out", path, *BLENDER)
        assert result.code == 0, result
    return path / "model.safetensors"


def read(path):
    return json.loads((path / "cohort.json").read_text())


def files_of(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


class Grafting(ProgramTest):
    def test_every_method_makes_a_cohort(self):
        held_out = {p for p, k in json.loads((cohort().parent / "folds.json").read_text())["fold_of"].items() if k == 0}
        for method in ("blend", "noprior", "vanilla", "fuse", "pie", "paste"):
            with self.subTest(method=method):
                out = FOLDER / f"grafts-{method}"
                model = ["--model", blender(method)] if method in ("blend", "noprior", "vanilla") else []
                self.succeeds("synthesize", *fold(), "--method", method, *model, "--count", 6, "--out", out)
                made = read(out)
                self.assertGreater(len(made["images"]), 0)
                for image in made["images"]:
                    self.assertEqual(image["source"]["method"], method)
                    for part in ("lesion", "background"):
                        if method != "vanilla":
                            self.assertNotIn(image["source"][part]["patient_id"], held_out)
                self.succeeds("inspect", out, "--out", FOLDER / f"sheets-{method}")

    def test_a_detector_learns_from_both(self):
        out = FOLDER / "both"
        self.succeeds("synthesize", *fold(), "--method", "pie", "--count", 4, "--out", out)
        self.succeeds("train", "detector", *fold(), "--cohort", out, "--out", FOLDER / "detector", "--lengths", 2,
                      "--data-mask-from", "contour", *TINY)

    def test_outlines_are_refined_before_grafting(self):
        boxes, out = self.folder / "boxes", self.folder / "refined"
        shutil.copytree(cohort(), boxes)
        table = read(boxes)
        for annotation in table["annotations"]:
            x, y, w, h = annotation["bbox"]
            annotation.update(mask_origin="box", segmentation=[[x, y, x + w, y, x + w, y + h, x, y + h]])
        (boxes / "cohort.json").write_text(json.dumps(table))
        known = ["synthesize", "--method", "paste", "--count", 2, "--lesion-outlines", "known"]
        self.fails(BAD_INPUT, ["refine"], *known, "--cohort", boxes, "--out", self.folder / "none")
        self.fails(USAGE, ["the cohort itself"], "refine", boxes, "--out", boxes)
        self.fails(USAGE, ["angles: found 2"], "refine", boxes, "--angles", 2, "--out", out, absent=[out / "cohort.json"])
        self.succeeds("refine", boxes, "--out", out)
        origins = [a["mask_origin"] for a in read(out)["annotations"]]
        self.assertIn("refined", origins)
        self.assertLessEqual(set(origins), {"box", "refined"})
        before = files_of(out)
        self.succeeds("refine", boxes, "--out", out)  # finished already
        self.assertEqual(files_of(out), before)
        self.succeeds(*known, "--cohort", out, "--out", self.folder / "some")

    def test_both_views_of_a_breast_show_one_lesion(self):
        out = FOLDER / "two-views"
        self.succeeds("synthesize", *fold(), "--method", "fuse", "--views", "both", "--count", 4, "--out", out)
        made = read(out)
        self.assertEqual(len(made["images"]), 4)
        for k in (0, 2):
            cc, mlo = made["images"][k:k + 2]
            self.assertEqual((cc["view"], mlo["view"]), ("CC", "MLO"))
            self.assertEqual((cc["patient_id"], cc["laterality"]), (mlo["patient_id"], mlo["laterality"]))
            ids = [a["attributes"]["lesion_id"] for a in made["annotations"] if a["image_id"] in (cc["id"], mlo["id"])]
            self.assertEqual(len(ids), 2)
            self.assertEqual(len(set(ids)), 1)
        self.succeeds("train", "detector", *fold(), "--cohort", out, "--out", FOLDER / "two-views-run", "--lengths", 2,
                      "--data-mask-from", "contour", *TINY)
        marks = FOLDER / "marks.json"
        marks.write_text(json.dumps([{"image_id": a["image_id"], "category_id": 1, "bbox": a["bbox"], "score": 0.9}
                                     for a in made["annotations"] if a["image_id"] % 2]))
        report = FOLDER / "two-views-report"  # marks in the CC images alone find every breast
        self.succeeds("evaluate", "--truth", out, "--detections", marks, "--unit", "breast", "--bootstrap-resamples", 20,
                      "--cases", 0, "--out", report)
        counts = json.loads((report / "metrics.json").read_text())["results"][0]["counts"]
        breasts = {(image["patient_id"], image["laterality"]) for image in made["images"]}
        self.assertEqual((counts["targets"], counts["hits"]), (len(breasts), len(breasts)), counts)
        self.fails(USAGE, ["--count", "3", "even"], "synthesize", *fold(), "--method", "fuse", "--views", "both", "--count",
                   3, "--out", self.folder / "odd")
        self.fails(BAD_INPUT, ["placement.prior learnt", "10 or more"], "synthesize", *fold(), "--method", "fuse",
                   "--placement-prior", "learnt", "--out", self.folder / "few")

    def test_grafts_of_another_fold_are_refused(self):
        grafts = FOLDER / "leaky"
        self.succeeds("synthesize", *fold(), "--method", "blend", "--model", blender(), "--count", 3, "--out", grafts)
        self.fails(BAD_INPUT, ["learnt from patient"], "train", "detector", *fold(1), "--cohort", grafts, "--out",
                   FOLDER / "leaky-run", "--lengths", 2, *TINY, absent=[FOLDER / "leaky-run" / "model.safetensors"])

    def test_models_are_not_mixed_up(self):
        out = self.folder / "out"
        for codes, words, line in (
                (USAGE, ["--model", "train blender"], ["--method", "blend"]),
                (USAGE, ["--model", "none"], ["--method", "pie", "--model", blender()]),
                (USAGE, ["--method blend"], ["--method", "noprior", "--model", blender()]),
                (BAD_INPUT, ["vanilla"], ["--method", "blend", "--model", blender("vanilla")])):
            with self.subTest(line=line):
                self.fails(codes, words, "synthesize", *fold(), *line, "--out", out, absent=[out / "cohort.json"])
        self.fails(BAD_INPUT, ["mammograft-blender", "mammograft-detector"], "detect", "--model", blender(), "--cohort",
                   cohort(), "--out", out, absent=[out / "detections.json"])

    def test_what_is_given_counts_also_where_it_is_the_usual(self):
        wide, out = self.folder / "wide", self.folder / "out"
        self.succeeds("train", "blender", *fold(), "--data-lesion-dilation-mm", 2, "--out", wide, *BLENDER, "--steps", 2)
        line = ["synthesize", *fold(), "--model", wide / "model.safetensors", "--count", 2, "--out", out]
        self.fails(USAGE, ["--lesion-dilation-mm", "learnt with 2"], *line, "--lesion-dilation-mm", 1,
                   absent=[out / "cohort.json"])
        self.succeeds(*line)
        self.assertEqual(read(out)["info"]["synthesis"]["options"]["lesion"]["dilation_mm"], 2)

    def test_cohorts_that_cannot_serve(self):
        def changed(name, change):
            path = self.folder / name
            shutil.copytree(cohort(), path)
            table = read(path)
            change(table)
            (path / "cohort.json").write_text(json.dumps(table))
            return path

        def no_masses(table):
            table["annotations"] = []

        def no_normals(table):
            for image in table["images"]:
                image["status"] = "unknown" if image["status"] == "normal" else image["status"]

        def no_spacing(table):
            for image in table["images"]:
                image["pixel_spacing_mm"] = None

        for name, change, words in (("masses", no_masses, ["no masses"]),
                                    ("normals", no_normals, ["placement.background"]),
                                    ("spacing", no_spacing, ["pixel_spacing_mm", "--mm-per-px"])):
            path = changed(name, change)
            out = self.folder / f"out-{name}"
            with self.subTest(name=name):
                self.fails(BAD_INPUT, words, "synthesize", "--cohort", path, "--method", "paste", "--out", out,
                           absent=[out / "cohort.json"])
                self.fails(BAD_INPUT, [w.replace("--placement", "--placement") for w in words], "train", "blender",
                           "--cohort", path, *BLENDER, "--out", out, absent=[out / "model.safetensors"])
        self.succeeds("synthesize", "--cohort", self.folder / "spacing", "--mm-per-px", "0.8,0.8", "--method", "paste",
                      "--count", 2, "--out", self.folder / "spaced")

    def test_sets_of_one_name_are_assessed_together(self):
        sets = []
        for k in (0, 1):
            for method in ("paste", "pie"):
                grafts = self.folder / f"{method}-{k}"
                self.succeeds("synthesize", *fold(k), "--held-out", "--method", method, "--count", 6, "--out", grafts)
                sets += ["--synthetic", f"{method}={grafts}"]
        out = self.folder / "assessment"
        self.succeeds("assess", "--real", cohort(), *sets, "--folds", FOLDER / "folds.json", "--window-mm-per-px", 0.8,
                      "--window-px", 32, "--classifier-steps", 10, "--resamples", 50, "--out", out)
        assessment = json.loads((out / "assessment.json").read_text())
        self.assertEqual([one["name"] for one in assessment["sets"]], ["paste", "pie"])
        for one in assessment["sets"]:
            self.assertEqual(one["auc"]["tested"], one["masses"])
            self.assertEqual(one["background"]["not_found"], 0)
        self.assertEqual(assessment["sets"][0]["masses"],
                         sum(len(read(self.folder / f"paste-{k}")["annotations"]) for k in (0, 1)))

    def test_a_loss_that_is_not_finite_stops_the_training(self):
        self.fails(BAD_INPUT, ["diverged at step", "checkpoint"], "train", "blender", *fold(), *BLENDER,
                   "--schedule-learning-rate", 1e30, "--out", self.folder / "run",
                   absent=[self.folder / "run" / "model.safetensors"])

    def test_a_killed_synthesis_continues(self):
        whole, killed = self.folder / "whole", self.folder / "killed"
        command = ("synthesize", *fold(), "--method", "pie", "--count", 60, "--threads", 1)
        self.succeeds(*command, "--out", whole)
        process = start(*command, "--out", killed)
        wait_for(lambda: len(list(killed.glob("images/*.png"))) >= 8, process, "the first images")
        process.send_signal(signal.SIGKILL)
        finish(process, command)
        self.assertFalse((killed / "cohort.json").exists())
        self.fails(USAGE, ["another seed"], *command, "--seed", 2, "--out", killed)
        self.succeeds(*command, "--out", killed)
        self.assertEqual(files_of(killed), files_of(whole))

    def test_a_killed_training_continues(self):
        whole, killed = self.folder / "whole", self.folder / "killed"
        command = ("train", "blender", *fold(), *BLENDER, "--steps", 30)
        self.succeeds(*command, "--out", whole)
        process = start(*command, "--out", killed)
        wait_for(lambda: (killed / "checkpoint.safetensors").exists(), process, "a checkpoint")
        process.send_signal(signal.SIGINT)
        self.assertEqual(finish(process, command).code, CANCELLED)
        self.succeeds(*command, "--out", killed)
        for name in ("model.safetensors", "log.jsonl", "validation.jsonl"):
            self.assertEqual((killed / name).read_bytes(), (whole / name).read_bytes(), name)


if __name__ == "__main__":
    main()
