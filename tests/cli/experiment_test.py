#!/usr/bin/env python3
"""The smoke plan from outside: run, killed at random moments, run again, changed, failing, leaking.

MAMMOGRAFT_KILLS: how often it is killed (2); MAMMOGRAFT_SEED: of the moments (drawn, and shown where the test fails).
"""

import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import tempfile
import time

import froc
from program import BAD_INPUT, IO, USAGE, ProgramTest, main, program, run

FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="mammograft-experiment-"))
PLAN, STUDY = FOLDER / "plan.toml", FOLDER / "study"
TOOK = {}  # seconds


def tearDownModule():
    shutil.rmtree(FOLDER, ignore_errors=True)


def command(plan, study):
    return ("experiment", "run", plan, "--out", study, "--jobs", 2)


def graph(study):
    return json.loads((study / "graph.json").read_text())["tasks"]


def marked(study):
    """The tasks' last files, with the times at which they were written."""
    files = {t["id"]: study / "tasks" / t["id"] / t["marker"] for t in graph(study)}
    return {i: f.stat().st_mtime_ns for i, f in files.items() if f.exists()}


def results(study):
    """Everything that is a result, sources first: what was learnt, what was found, and how it scores."""
    names = ("cohort.json", "folds.json", "model.safetensors", "detections.json", "metrics.json")
    files = [study / "tasks" / t["id"] / name for t in graph(study) for name in names]
    return {str(f.relative_to(study)): f.read_bytes() for f in files if f.exists()}


def members(session):
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and int((entry / "stat").read_text().rsplit(")", 1)[1].split()[3]) == session:
                state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
                if state != "Z":
                    found.append(int(entry.name))
        except OSError:
            pass
    return found


def kill_all_after(seconds, *arguments):
    """Runs the program in a session of its own and kills all of that, -9, after so long. True where it was killed."""
    process = subprocess.Popen([program(), *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        process.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        pass
    while left := members(process.pid):
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        process.poll()
    process.wait()
    return True


class Experiment(ProgramTest):
    """The steps are numbered: each builds on the ones before."""

    def test_1_a_plan_is_run(self):
        self.succeeds("experiment", "init", "--preset", "smoke", "--out", PLAN)
        self.fails(USAGE, ["exists", "--force"], "experiment", "init", "--out", PLAN)
        start = time.monotonic()
        self.succeeds(*command(PLAN, STUDY))
        TOOK["smoke"] = time.monotonic() - start
        print(f"smoke: {TOOK['smoke']:.0f} s", flush=True)
        self.assertEqual(len(marked(STUDY)), len(graph(STUDY)))
        metrics = json.loads(next(STUDY.glob("tasks/evaluate-*/metrics.json")).read_text())
        for arm in ("real", "fuse", "blend"):
            self.assertIn(f'"{arm}"', json.dumps(metrics))
        for check in STUDY.glob("tasks/check-*/lineage.json"):
            self.assertGreater(json.loads(check.read_text())["patients_tested"], 0)
        self.assertIn("28 of 28 tasks done", self.succeeds("experiment", "status", STUDY).out)

    def test_1_its_report_says_what_the_files_do(self):
        report = json.loads(next(STUDY.glob("tasks/report-*/experiment.json")).read_text())
        layout = json.loads((STUDY / "graph.json").read_text())["layout"]
        self.assertTrue(report["complete"])
        tested = froc.Tested(STUDY / layout["truth"])
        marks = {}
        for a, arm in enumerate(layout["arms"]):
            files = [f"tasks/{one['detect']}/detections.json" for one in layout["trainings"] if one["arm"] == a]
            marks[arm["name"]] = froc.pooled(tested, STUDY, files)
        for score in report["scores"]:
            for rate in score["rates"]:
                self.assertAlmostEqual(rate["tpr"], tested.rate(marks[score["arm"]], rate["fppi"]), 12, score["arm"])
        for one in report["differences"]:
            slow = froc.difference(tested, [marks[one["arm"]]], [marks[one["against"]]], one["fppi"])
            self.assertAlmostEqual(one["difference"], slow, 12)
        self.assertEqual(sum(cost["done"] for cost in report["costs"]), 28 - 6 - 1)  # but checks and the report
        page = next(STUDY.glob("tasks/report-*/report.html")).read_text()
        self.assertIn("One seed: ", page)

    def test_2_again_there_is_nothing_to_do(self):
        before = marked(STUDY)
        start = time.monotonic()
        self.succeeds(*command(PLAN, STUDY))
        self.assertLess(time.monotonic() - start, 5)
        self.assertEqual(marked(STUDY), before)

    def test_2_killed_between_the_last_step_and_the_model(self):
        whole = results(STUDY)
        for kind in ("train-blender", "train-detector"):
            model = next(name for name in whole if f"/{kind}-" in name)
            (STUDY / model).unlink()  # the last checkpoint stays
        self.succeeds(*command(PLAN, STUDY))
        self.assertEqual([name for name in whole if results(STUDY)[name] != whole[name]], [])

    def test_3_killed_at_any_moment_it_ends_with_the_same_bytes(self):
        seed = int(os.environ.get("MAMMOGRAFT_SEED", random.randrange(10000)))
        draw = random.Random(seed)
        print(f"moments of seed {seed}", flush=True)
        left, studies = int(os.environ.get("MAMMOGRAFT_KILLS", 2)), 0
        while left > 0:
            killed = FOLDER / f"killed-{studies}"
            while left > 0 and kill_all_after(draw.uniform(0.2, 0.35 * TOOK["smoke"]), *command(PLAN, killed)):
                left -= 1
                if (killed / "graph.json").exists():
                    self.assertIn(" 0 running", self.succeeds("experiment", "status", killed).out)
            self.succeeds(*command(PLAN, killed))
            self.check_same_results(killed, seed)
            studies += 1

    def check_same_results(self, killed, seed):
        whole, continued = results(STUDY), results(killed)
        self.assertEqual(list(continued), list(whole), f"seed {seed}")
        words = {t["id"]: t["what"] for t in graph(STUDY)}
        other = [f"{name}: {words[name.split('/')[1]]}" for name in whole if continued[name] != whole[name]]
        self.assertEqual(other, [], f"other bytes, seed {seed}")

    def test_4_only_what_depends_on_a_changed_option_runs(self):
        before = marked(STUDY)
        changed = self.write("plan.toml", PLAN.read_text() + "[arm.detector]\nema_decay = 0.9\n")
        self.succeeds(*command(changed, STUDY))
        after = marked(STUDY)
        new = sorted(i.rsplit("-", 1)[0] for i in after if i not in before)
        self.assertEqual(new, ["check"] * 2 + ["detect"] * 2 + ["evaluate", "report"] + ["train-detector"] * 2)
        self.assertEqual({i: t for i, t in after.items() if i in before},
                         {i: t for i, t in before.items() if i in after})

    def test_5_a_failed_task_stops_only_those_that_need_it(self):
        self.write("nose.safetensors", (2).to_bytes(8, "little") + b"{}")  # readable, so planned, but without weights
        broken = self.write("plan.toml", PLAN.read_text() +
                            '[arm.detector]\ninit = "nose.safetensors"\n\n[[arm]]\nname = "paste"\n')
        result = run(*command(broken, STUDY))
        self.check_failure(result, BAD_INPUT, ["2 tasks failed", "detector of blend", "logs/train-detector-"])
        self.assertIn("nose", result.err)
        text = self.succeeds("experiment", "status", STUDY).out
        self.assertIn("2 failed", text)
        self.assertIn("nose.safetensors: ", text)
        report = json.loads((STUDY / "report" / "experiment.json").read_text())
        self.assertEqual([one["arm"] for one in report["scores"]], ["real", "fuse", "paste"])
        self.assertIn("nose.safetensors: ", report["missing"][0]["note"])
        done = marked(STUDY)
        for task in graph(STUDY):
            if "paste" in task["what"]:
                self.assertIn(task["id"], done, task["what"])

    def test_6_a_leak_is_told_with_its_chain(self):
        page = STUDY / "report" / "report.html"
        self.succeeds(*command(PLAN, STUDY))  # the plan of the start again
        report = json.loads((STUDY / "report" / "experiment.json").read_text())
        self.assertEqual([one["arm"] for one in report["scores"]], ["real", "fuse", "blend"])
        written = page.stat().st_mtime_ns
        self.succeeds(*command(STUDY / "plan.toml", STUDY))
        self.assertEqual(page.stat().st_mtime_ns, written, "nothing was done")
        self.succeeds("experiment", "check", STUDY)
        detect = next(t for t in graph(STUDY) if t["what"] == "what fuse finds, fold 0, seed 1")
        folds = json.loads(next(STUDY.glob("tasks/split-*/folds.json")).read_text())["fold_of"]
        patient = next(p for p, fold in folds.items() if fold == 0)
        grafts = next(t for t in graph(STUDY) if t["what"] == "grafts of fuse, fold 0, seed 1")
        path = STUDY / "tasks" / grafts["id"] / "cohort.json"
        whole = path.read_text()
        cohort = json.loads(whole)
        cohort["images"][1]["source"]["lesion"]["patient_id"] = patient
        path.write_text(json.dumps(cohort))
        self.fails(BAD_INPUT, [f"patient {patient} -> lesion ", f"graft {cohort['images'][1]['id']} of tasks/synthesize-",
                               "-> detector tasks/train-detector-", f"-> detections tasks/{detect['id']}"],
                   "experiment", "check", STUDY, "--task", detect["id"], "--out", self.folder / "lineage.json",
                   absent=[self.folder / "lineage.json"])
        self.fails(BAD_INPUT, [f"patient {patient} -> lesion "], "experiment", "check", STUDY)
        path.write_text(whole)

    def test_7_wrong_words(self):
        self.fails(IO, ["none.toml"], "experiment", "run", self.folder / "none.toml", "--out", self.folder / "a",
                   absent=[self.folder / "a"])
        plan = self.write("plan.toml", PLAN.read_text().replace("[learn]", "[lern]"))
        self.fails(BAD_INPUT, ["plan.toml", "lern: unknown option"], "experiment", "run", plan, "--out",
                   self.folder / "a", absent=[self.folder / "a"])
        plan = self.write("plan.toml", PLAN.read_text() + '[arm.detector]\nstages = ["nose"]\n')
        self.fails(BAD_INPUT, ["plan.toml: arm blend: detector: stages: found 'nose'"], "experiment", "run", plan, "--out",
                   self.folder / "a", absent=[self.folder / "a"])
        self.fails(IO, ["graph.json"], "experiment", "status", self.folder)
        self.fails(USAGE, ["no task"], "experiment", "check", STUDY, "--task", "detect-0")
        options = ["--seed", 2, "--threads", 2, "--device", "cpu", "--force"]  # the plan says them
        names = [option for option in options if str(option).startswith("--")]
        for line in (["run", PLAN, "--out", self.folder / "a"], ["export", PLAN, "--out", self.folder / "a"],
                     ["status", STUDY]):
            self.fails(USAGE, ["not expected", *names], "experiment", *line, *options, absent=[self.folder / "a"])
        usage = self.succeeds("experiment", "run", "--help").out
        for name in names:
            self.assertNotIn(name, usage)


if __name__ == "__main__":
    main()
