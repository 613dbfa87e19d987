#!/usr/bin/env python3
"""The report of an experiment, against FROC values computed the slow way from the same files. The networks are made up
(pretended_study.py): what detectors find is drawn by lot, so that there is something to find."""

import csv
import json
import math
import pathlib
import shutil
import tempfile

import froc
from pretended_study import graph, pretend
from program import BAD_INPUT, USAGE, ProgramTest, main

FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="mammograft-report-"))
PLAN, STUDY = FOLDER / "plan.toml", FOLDER / "study"
PATIENTS, STEPS, SEEDS = (4, 16), (400, 1600), (1, 2)


def tearDownModule():
    shutil.rmtree(FOLDER, ignore_errors=True)


def skill(arm, point, seed):
    """Grafts help with few patients and short trainings."""
    real = -1 + 0.7 * math.log2(point["patients"] / 4) + 0.3 * math.log2(point["length"] / 400)
    gain = {"real": 0, "pie": -0.4, "blend": 2 - 0.7 * math.log2(point["patients"] / 4)}[arm]
    return real + gain + (0.1 if seed == 2 else -0.1)


class Files:
    """What a study holds, by arm and point."""

    def __init__(self, study):
        self.study, self.layout = study, graph(study)["layout"]
        self.tested = froc.Tested(study / self.layout["truth"])

    def marks(self, arm, patients, length):
        """[seed]"""
        runs = {}
        for one in self.layout["trainings"]:
            point = self.layout["points"][one["point"]]
            if self.layout["arms"][one["arm"]]["name"] == arm and (point["patients"], point["length"]) == (patients, length):
                runs.setdefault(one["seed"], []).append(f"tasks/{one['detect']}/detections.json")
        return [froc.pooled(self.tested, self.study, files) for seed, files in sorted(runs.items())]


class ExperimentReport(ProgramTest):
    """The steps are numbered: each builds on the ones before."""

    def test_1_a_study_that_is_not_finished_says_what_is_missing(self):
        self.succeeds("experiment", "init", "--preset", "smoke", "--out", PLAN)
        text = PLAN.read_text().replace("patients = 8", "patients = 40").replace("resamples = 200", "resamples = 1000")
        text = text.replace("seeds = [1]", f"seeds = {list(SEEDS)}\npatients = {list(PATIENTS)}")
        text = text.replace("lengths = [12]", f"points = {list(STEPS)}").replace('name = "fuse"', 'name = "pie"')
        PLAN.write_text(text)
        self.succeeds("experiment", "export", PLAN, "--out", STUDY)
        self.fails(BAD_INPUT, ["no training"], "experiment", "report", STUDY, absent=[STUDY / "report"])
        pretend(STUDY, skill, leave_out=lambda one: one["arm"] == 2 and one["seed"] == 2)
        self.succeeds("experiment", "report", STUDY, "--out", FOLDER / "part")
        part = json.loads((FOLDER / "part" / "experiment.json").read_text())
        self.assertFalse(part["complete"])
        self.assertIn("what blend finds, 4 patients, 400 steps, fold 0, seed 2", [m["what"] for m in part["missing"]])
        self.assertEqual([s["seeds"] for s in part["scores"] if s["arm"] == "blend"], [[1]] * 4)
        page = (FOLDER / "part" / "report.html").read_text()
        self.assertIn("The experiment is not complete", page)
        self.assertIn("different numbers of runs", page)

    def test_2_rates_are_those_of_the_files(self):
        pretend(STUDY, skill)
        self.succeeds("experiment", "report", STUDY)
        report, files = self.report(), Files(STUDY)
        self.assertTrue(report["complete"])
        self.assertEqual(len(report["scores"]), 12)
        for score in report["scores"]:
            point = report["points"][score["point"]]
            runs = files.marks(score["arm"], point["patients"], point["length"])
            for rate in score["rates"]:
                each = [files.tested.rate(marks, rate["fppi"]) for marks in runs]
                self.assertEqual(len(rate["of_seed"]), 2)
                for ours, slow in zip(rate["of_seed"], each):
                    self.assertAlmostEqual(ours, slow, 12, (score["arm"], point, rate["fppi"]))
                self.assertAlmostEqual(rate["tpr"], sum(each) / 2, 12)
                self.assertLessEqual(rate["tpr_low"], rate["tpr"])

    def test_3_differences_are_paired(self):
        report, files = self.report(), Files(STUDY)
        for one in report["differences"]:
            point = report["points"][one["point"]]
            arm, against = (files.marks(name, point["patients"], point["length"]) for name in (one["arm"], one["against"]))
            self.assertAlmostEqual(one["difference"], froc.difference(files.tested, arm, against, one["fppi"]), 12)
        few = next(d for d in report["differences"] if (d["point"], d["arm"], d["against"], d["fppi"]) == (0, "blend", "real", 0.5))
        self.assertEqual(report["points"][0]["patients"], PATIENTS[0])
        self.assertEqual(few["verdict"], "helps")
        arm, against = (files.marks(name, PATIENTS[0], STEPS[0]) for name in ("blend", "real"))
        low, high = froc.difference_interval(files.tested, arm, against, 0.5)
        self.assertAlmostEqual(few["difference_low"], low, delta=0.05)
        self.assertAlmostEqual(few["difference_high"], high, delta=0.05)

    def test_4_p_is_corrected_over_the_arms(self):
        families = {}
        for one in self.report()["differences"]:
            families.setdefault((one["point"], one["against"], one["fppi"]), []).append(one)
        for (_, against, _), members in families.items():
            self.assertEqual(len(members), 2 if against == "real" else 1)
            largest = 0
            for rank, one in enumerate(sorted(members, key=lambda m: m["p"])):
                self.assertEqual(one["p"], max(one["p_permutation"], one["p_bootstrap"]))
                largest = max(largest, one["p"] * (len(members) - rank))
                self.assertAlmostEqual(one["p_holm"], min(1, largest), 12)

    def test_5_grafts_are_worth_real_masses(self):
        report = self.report()
        masses = {p["patients"]: p["masses"] for p in report["points"]}
        self.assertLess(masses[4], masses[16])

        def rate(arm, patients, length):
            at = next(i for i, p in enumerate(report["points"]) if (p["patients"], p["length"]) == (patients, length))
            score = next(s for s in report["scores"] if (s["arm"], s["point"]) == (arm, at))
            return next(r["tpr"] for r in score["rates"] if r["fppi"] == 0.5)
        inside = 0
        for one in report["worth"]:
            length = report["points"][one["point"]]["length"]
            low, high = rate("real", 4, length), rate("real", 16, length)
            here = rate(one["arm"], report["points"][one["point"]]["patients"], length)
            self.assertLess(low, high)
            if not low <= here <= high:
                self.assertEqual(one["worth"]["outside"], "below" if here < low else "beyond")
                self.assertIsNone(one["per_graft"])
                continue
            inside += 1
            expected = masses[4] * (masses[16] / masses[4]) ** ((here - low) / (high - low))
            self.assertAlmostEqual(one["worth"]["masses"], expected, 9)
            self.assertAlmostEqual(one["per_graft"], (expected - one["masses"]) / 6, 9)
        self.assertGreater(inside, 0)
        self.assertEqual(len(report["worth"]), 8)
        self.assertEqual({(c["arm"], c["patients"]) for c in report["crossings"]},
                         {(arm, n) for arm in ("pie", "blend") for n in PATIENTS})

    def test_6_an_arm_costs_what_it_is_made_from(self):
        report = self.report()
        tasks = {one["arm"]: {s["stage"]: s["tasks"] for s in one["stages"]} for one in report["arm_costs"]}
        together = {s["stage"]: s["tasks"] for s in report["costs"]}
        self.assertEqual(list(tasks), ["real", "pie", "blend"])
        for stage in ("train detector", "detect"):
            self.assertEqual([arm[stage] for arm in tasks.values()], 3 * [together[stage] / 3])
        self.assertEqual(["synthesize" in arm for arm in tasks.values()], [False, True, True])
        self.assertEqual(["train blender" in arm for arm in tasks.values()], [False, False, True])
        for arm in tasks.values():
            self.assertEqual(arm["split"], together["split"], "shared, so every arm's")

    def test_7_files_and_page_say_the_same(self):
        folder, report = STUDY / "report", self.report()
        with (folder / "arms.csv").open() as file:
            rows = list(csv.DictReader(file))
        for score in report["scores"]:
            point = report["points"][score["point"]]
            for rate in score["rates"]:
                row = next(r for r in rows if r["arm"] == score["arm"] and float(r["fppi_limit"]) == rate["fppi"] and
                           int(r["patients"]) == point["patients"] and float(r["length"]) == point["length"])
                self.assertEqual(float(row["tpr"]), rate["tpr"])
                self.assertEqual(float(row["fold_mean"]), rate["fold_mean"])
        page = (folder / "report.html").read_text()
        self.assertNotIn("http://", page.replace("http://www.w3.org", ""))
        for words in ("Does grafting help?", "Learning curve", "Length of the training", "Found by one: blend, real", "Cost",
                      "0.91 ± 0.07", "2 seeds: patients and seeds are drawn together"):
            self.assertIn(words, page)
        self.assertNotIn("The experiment is not complete", page)

    def test_8_by_a_plan_and_by_a_rule(self):
        self.succeeds("experiment", "report", PLAN, "--study", STUDY, "--rule", "iou", "--out", FOLDER / "by-plan")
        before, after = self.report(), json.loads((FOLDER / "by-plan" / "experiment.json").read_text())
        self.assertEqual(after, before)
        self.fails(USAGE, ["--study"], "experiment", "report", PLAN)
        self.fails(USAGE, ["--rule", "centre"], "experiment", "report", STUDY, "--rule", "centre")

    def report(self):
        return json.loads((STUDY / "report" / "experiment.json").read_text())


if __name__ == "__main__":
    main()
