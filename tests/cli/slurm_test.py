#!/usr/bin/env python3
"""A small plan run by Snakemake on a Slurm of this one machine; one of its jobs is cancelled half-way. Skipped (77) where
there is no Slurm, it cannot start (slurm.py), or no Snakemake with the executor: pip install snakemake
snakemake-executor-plugin-slurm, or MAMMOGRAFT_SNAKEMAKE."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from program import ProgramTest, main
from slurm import CannotStart, Slurm

OWN = pathlib.Path(__file__).resolve().parents[2] / ".venv" / "bin" / "snakemake"
SNAKEMAKE = os.environ.get("MAMMOGRAFT_SNAKEMAKE") or shutil.which("snakemake") or (OWN.exists() and str(OWN))
SLURM = None
TIMEOUT_S = 900


def why_no_snakemake():
    if not SNAKEMAKE:
        return "no snakemake on PATH"
    text = subprocess.run([SNAKEMAKE, "--help"], capture_output=True, text=True, check=False).stdout
    return "" if "--slurm-status-command" in text else f"{SNAKEMAKE} has no executor slurm"


class SlurmRun(ProgramTest):
    def start(self, study):
        # squeue, since a Slurm without a database has no sacct; it knows ended jobs for MinJobAge.
        command = [SNAKEMAKE, "--executor", "slurm", "--jobs", "8", "--keep-going", "--rerun-incomplete",
                   "--slurm-no-account", "--slurm-status-command", "squeue",
                   "--slurm-init-seconds-before-status-checks", "1", "--default-resources", "slurm_partition=main",
                   "runtime=30"]
        log = open(study.parent / "snakemake.log", "w")
        self.addCleanup(log.close)
        return subprocess.Popen(command, cwd=study, env=SLURM.environment, stdin=subprocess.DEVNULL, stdout=log,
                                stderr=subprocess.STDOUT)

    def log(self, study):
        text = (study.parent / "snakemake.log").read_text()[-4000:]
        for file in sorted(study.glob(".snakemake/slurm_logs/**/*.log")):
            text += f"{file.name}: {file.read_text(errors='replace')[-2000:]}\n"
        return text + SLURM.logs()

    def ends(self, process, study):
        try:
            return process.wait(TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.terminate()
            process.wait()
            self.fail(f"took longer than {TIMEOUT_S} s\n{self.log(study)}")

    def job_of(self, task):
        rule = task["id"].replace("-", "_")
        return next((job for job, (state, line) in SLURM.jobs().items() if rule in line and state == "RUNNING"), None)

    def cancel_a_training(self, tasks, process, study):
        """When one has a checkpoint. Returns the task."""
        end = time.monotonic() + TIMEOUT_S
        while time.monotonic() < end and process.poll() is None:
            for task in tasks:
                folder = study / "tasks" / task["id"]
                if task["kind"] != "train-detector" or not (folder / "checkpoint.safetensors").exists():
                    continue
                if (folder / task["marker"]).exists():
                    continue
                if job := self.job_of(task):
                    SLURM.ask("scancel", job)
                    return task
            time.sleep(0.05)
        process.terminate()
        process.wait()
        self.fail(f"saw no training that runs\n{self.log(study)}")

    def test_a_cancelled_job_goes_on_with_the_next_run(self):
        plan, study, ninja = self.folder / "plan.toml", self.folder / "study", self.folder / "ninja"
        self.succeeds("experiment", "init", "--preset", "smoke", "--out", plan)
        text = plan.read_text().split('[[arm]]\nname = "fuse"')[0]  # one arm
        plan.write_text(text.replace("lengths = [12]", "lengths = [80]"))  # long enough to be met half-way
        self.succeeds("experiment", "export", plan, "--out", study, "--snakemake")
        tasks = json.loads((study / "graph.json").read_text())["tasks"]
        begun = time.monotonic()
        first = self.start(study)
        cancelled = self.cancel_a_training(tasks, first, study)
        self.assertNotEqual(self.ends(first, study), 0, self.log(study))
        folder = study / "tasks" / cancelled["id"]
        self.assertFalse((folder / cancelled["marker"]).exists(), "cancelled too late")
        self.assertTrue((folder / "checkpoint.safetensors").exists())
        done = [t["id"] for t in tasks if (study / "tasks" / t["id"] / t["marker"]).exists()]
        others = [t for t in tasks if t["kind"] == "train-detector" and t["id"] != cancelled["id"]]
        for task in others:  # it stopped none of those that do not need it
            self.assertIn(task["id"], done)
        print(f"{time.monotonic() - begun:.0f} s: {len(done)} of {len(tasks)} tasks done, cancelled: {cancelled['what']}",
              flush=True)

        self.assertEqual(self.ends(self.start(study), study), 0, self.log(study))
        print(f"{time.monotonic() - begun:.0f} s: all done", flush=True)
        self.assertIn(f"{len(tasks)} of {len(tasks)} tasks done", self.succeeds("experiment", "status", study).out)
        self.succeeds("experiment", "run", plan, "--out", ninja)
        for task in tasks:
            for name in ("cohort.json", "folds.json", "model.safetensors", "detections.json", "metrics.json"):
                found = study / "tasks" / task["id"] / name
                if found.exists():
                    self.assertEqual(found.read_bytes(), (ninja / found.relative_to(study)).read_bytes(), task["what"])


if __name__ == "__main__":
    why = why_no_snakemake()
    folder = tempfile.mkdtemp(prefix="mammograft-slurm-")
    try:
        if why:
            raise CannotStart(why)
        with Slurm(folder) as SLURM:
            main()
    except CannotStart as reason:
        print(f"skipped: {reason}")
        sys.exit(77)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
