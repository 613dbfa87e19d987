#!/usr/bin/env python3
"""Work in shards, from outside: joined it is the work as a whole, byte by byte; an archive as a plan, with one bad shard."""

import json
import os
import pathlib
import shutil
import tempfile

from program import BAD_INPUT, TINY, USAGE, ProgramTest, main, run

FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="mammograft-shards-"))
COHORT, MODEL, RELEASE = FOLDER / "cohort", FOLDER / "run" / "model.safetensors", FOLDER / "release"
SHARDS = 3


def tearDownModule():
    shutil.rmtree(FOLDER, ignore_errors=True)


def made_in(folder):
    """All files but what says how they were made."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "stage.json")
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}


class Shards(ProgramTest):
    @classmethod
    def setUpClass(cls):
        def must(*arguments):
            result = run(*arguments)
            assert result.code == 0, result
        must("phantom", "--out", COHORT, "--patients", 7, "--mm-per-px", 0.8, "--mass-fraction", 1)
        must("phantom", "--out", RELEASE, "--patients", 7, "--mm-per-px", 0.8, "--layout", "inbreast")
        must("train", "detector", "--cohort", COHORT, "--init", "random", "--lengths", 2, "--out", FOLDER / "run", *TINY)

    def same(self, whole, merged):
        whole, merged = made_in(whole), made_in(merged)
        self.assertEqual(list(merged), list(whole))
        self.assertEqual([name for name in whole if merged[name] != whole[name]], [])

    def in_shards(self, name, *arguments):
        """The folders of the shards of a command whose output is named last."""
        folders = [self.folder / f"{name}-{k}" for k in range(1, SHARDS + 1)]
        for k, folder in enumerate(folders, 1):
            self.succeeds(*arguments, "--shard", f"{k}/{SHARDS}", "--out", folder)
        return folders

    def check_command(self, name, *arguments):
        whole, merged = self.folder / f"{name}-whole", self.folder / f"{name}-merged"
        self.succeeds(*arguments, "--out", whole)
        folders = self.in_shards(name, *arguments)
        self.succeeds("merge", "--out", merged, *reversed(folders))
        self.same(whole, merged)
        self.assertIn("finished before", self.succeeds("merge", "--out", merged, *reversed(folders)).err)
        return folders

    def test_detections_in_a_cohort(self):
        folders = self.check_command("found", "detect", "--model", MODEL, "--cohort", COHORT, "--masks", "all",
                                     "--overlays", "all", "--threads", 1)
        self.assertGreater(len(json.loads((self.folder / "found-whole" / "detections.json").read_text())), 100)
        searched = [json.loads((f / "detections.meta.json").read_text())["image_ids"] for f in folders]
        patients = {i["id"]: i["patient_id"] for i in json.loads((COHORT / "cohort.json").read_text())["images"]}
        of_shard = [{patients[i] for i in ids} for ids in searched]
        self.assertEqual(sum(map(len, of_shard)), 7, "a patient is in one shard")
        self.fails(BAD_INPUT, ["missing: 2/3"], "merge", "--out", self.folder / "two", folders[0], folders[2],
                   absent=[self.folder / "two"])

    def test_detections_in_loose_files(self):
        broken = self.folder / "images"
        shutil.copytree(COHORT / "images", broken)
        victim = sorted(broken.glob("*.png"))[3]
        victim.write_bytes(victim.read_bytes()[:400])
        self.check_command("loose", "detect", broken, RELEASE / "AllDICOMs", "--model", MODEL, "--keep-going",
                           "--threads", 1)
        self.assertIn(victim.name, (self.folder / "loose-merged" / "left_out.csv").read_text())

    def test_a_cohort_and_what_is_found_in_its_shards(self):
        cohorts = self.check_command("cohort", "prepare", "inbreast", RELEASE)
        found = [self.folder / f"in-{k}" for k in range(SHARDS)]
        for cohort, out in zip(cohorts, found):
            self.succeeds("detect", "--model", MODEL, "--cohort", cohort, "--out", out, "--threads", 1)
        self.succeeds("detect", "--model", MODEL, "--cohort", self.folder / "cohort-merged", "--out",
                      self.folder / "in-whole", "--threads", 1)
        self.succeeds("merge", "--out", self.folder / "in-merged", *found)
        self.same(self.folder / "in-whole", self.folder / "in-merged")
        self.fails(USAGE, ["--shard: found 1/2", "is shard 1/3 of a cohort already"], "detect", "--model", MODEL,
                   "--cohort", cohorts[0], "--shard", "1/2", "--out", self.folder / "no", absent=[self.folder / "no"])

    def test_numbers_that_are_none(self):
        for text in ("0/3", "4/3", "3", "a/b"):
            self.fails(USAGE, ["shard", text, "K/N"], "detect", "--model", MODEL, "--cohort", COHORT, "--shard", text,
                       "--out", self.folder / "no", absent=[self.folder / "no"])
            self.fails(USAGE, ["shard", text, "K/N"], "prepare", "inbreast", RELEASE, "--shard", text, "--out",
                       self.folder / "no")

    def archive(self, name, shards=3):
        return self.write(name, f"""
[archive]
command = "prepare inbreast"
input = "{RELEASE}"
models = ["{MODEL}"]
shards = {shards}
""")

    def test_an_archive_with_a_bad_shard(self):
        plan, study = self.archive("archive.toml"), self.folder / "study"
        self.succeeds("experiment", "export", plan, "--out", study)
        tasks = json.loads((study / "graph.json").read_text())["tasks"]
        bad = next(t for t in tasks if t["what"] == "cohort of shard 2/3")
        blocked = study / "tasks" / bad["id"]
        blocked.parent.mkdir(exist_ok=True)
        blocked.write_text("a file where the shard's folder should be")
        result = run("experiment", "run", plan, "--out", study, "--jobs", 2)
        self.check_failure(result, BAD_INPUT, ["1 tasks failed, 4 are left", "cohort of shard 2/3"])
        self.assertIn("shards: detect 2 of 3, prepare-inbreast 2 of 3",
                      self.succeeds("experiment", "status", study).out)
        times = {t["id"]: (study / "tasks" / t["id"] / t["marker"]).stat().st_mtime_ns for t in tasks
                 if (study / "tasks" / t["id"] / t["marker"]).exists()}
        self.assertEqual(len(times), 4)
        blocked.unlink()
        self.succeeds("experiment", "run", plan, "--out", study, "--jobs", 2)
        for task in tasks:
            file = study / "tasks" / task["id"] / task["marker"]
            self.assertTrue(file.exists(), task["what"])
            if task["id"] in times:
                self.assertEqual(file.stat().st_mtime_ns, times[task["id"]], f"{task['what']} was done again")
        cohort, found = (study / "tasks" / t["id"] for t in tasks if t["kind"] == "merge")
        self.succeeds("prepare", "inbreast", RELEASE, "--out", self.folder / "whole")
        self.same(self.folder / "whole", cohort)
        self.succeeds("detect", "--model", MODEL, "--cohort", self.folder / "whole", "--out", self.folder / "found",
                      "--threads", 1)
        self.same(self.folder / "found", found)


if __name__ == "__main__":
    main()
