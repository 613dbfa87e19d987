#!/usr/bin/env python3
"""The smoke plan run by Snakemake; skipped (77) where there is none: pip install snakemake, or MAMMOGRAFT_SNAKEMAKE."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from program import ProgramTest, main

OWN = pathlib.Path(__file__).resolve().parents[2] / ".venv" / "bin" / "snakemake"
SNAKEMAKE = os.environ.get("MAMMOGRAFT_SNAKEMAKE") or shutil.which("snakemake") or (OWN.exists() and str(OWN))


class Snakemake(ProgramTest):
    def snakemake(self, study):
        result = subprocess.run([SNAKEMAKE, "--cores", "2", "--keep-going", "--rerun-incomplete"], cwd=study,
                                capture_output=True, text=True, check=False, timeout=600)
        self.assertEqual(result.returncode, 0, result.stdout[-3000:] + result.stderr[-3000:])
        return result.stdout + result.stderr

    def test_runs_the_same_graph(self):
        plan, study = self.folder / "plan.toml", self.folder / "study"
        self.succeeds("experiment", "init", "--preset", "smoke", "--out", plan)
        plan.write_text(plan.read_text().split("[[arm]]")[0] + '[[arm]]\nname = "fuse"\n')  # one arm, with grafts
        self.succeeds("experiment", "export", plan, "--out", study, "--snakemake")
        self.snakemake(study)
        tasks = json.loads((study / "graph.json").read_text())["tasks"]
        for task in tasks:
            self.assertTrue((study / "tasks" / task["id"] / task["marker"]).exists(), task["what"])
        self.assertIn(f"{len(tasks)} of {len(tasks)} tasks done", self.succeeds("experiment", "status", study).out)
        self.assertIn("Nothing to be done", self.snakemake(study))
        ninja = self.folder / "ninja"
        self.succeeds("experiment", "run", plan, "--out", ninja)
        for found in study.glob("tasks/detect-*/detections.json"):
            self.assertEqual(found.read_bytes(), (ninja / found.relative_to(study)).read_bytes(), found)


if __name__ == "__main__":
    if not SNAKEMAKE:
        print("skipped: no snakemake on PATH (pip install snakemake)")
        sys.exit(77)
    main()
