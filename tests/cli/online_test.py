#!/usr/bin/env python3
"""Fresh grafts while a detector learns, from outside: killed at any moment a training ends with the same bytes; nobody
who is held out is in any graft, nor behind the blender; states kept on the way are detectors as any other."""

import json
import math
import os
import pathlib
import random
import shutil
import signal
import struct
import tempfile

from program import BAD_INPUT, TINY, USAGE, ProgramTest, finish, lines_in, main, run, start, wait_for

FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="mammograft-online-"))
STEPS = 8
SHORT = [*TINY, "--batch", 2, "--checkpoint-every", 2, "--log-every", 1, "--data-synthetic-share", 0.5,
         "--validation-share", 0.2, "--validation-least-with-mass", 1, "--validation-every", 4]
BLENDER = ["--data-grid-mm", 0.8, "--data-window-px", 80, "--data-validation-windows", 4, "--generator-widths", "4,8,8",
           "--discriminator-widths", "4,8,8", "--loss-scales", 3, "--batch", 2, "--steps", 4, "--validate-every", 2,
           "--sheet-every", 4, "--checkpoint-every", 2, "--threads", 1]


def tearDownModule():
    shutil.rmtree(FOLDER, ignore_errors=True)


def make(name, *command):
    """What a command makes, once."""
    path = FOLDER / name
    if not path.exists():
        result = run(*command, "--out", path)
        assert result.code == 0, result
    return path


def cohort():
    return make("cohort", "phantom", "--patients", 12, "--mm-per-px", 0.8, "--mass-fraction", 0.5)


def other_cohort():
    return make("other", "phantom", "--patients", 4, "--mm-per-px", 0.8, "--mass-fraction", 0.5, "--seed", 2)


def fold(k=0):
    return ["--cohort", cohort(), "--folds", make("folds.json", "split", cohort(), "--folds", 2), "--fold", k]


def blender():
    return make("blender", "train", "blender", *fold(), *BLENDER) / "model.safetensors"


def description(model):
    """What a detector's file says of itself."""
    data = model.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    return json.loads(json.loads(data[8:8 + length])["__metadata__"]["detector"])


def command(*more, steps=STEPS):
    return ["train", "detector", *fold(), "--lengths", steps, *SHORT, *more]


def held_out():
    return {p for p, k in json.loads((FOLDER / "folds.json").read_text())["fold_of"].items() if k == 0}


class Online(ProgramTest):
    def kill_and_resume(self, line, names, *of_this_machine):
        """Killed -9 at random moments; `names` of the run's files must be those of one never killed, which ran without the
        options that are of this machine."""
        seed = int(os.environ.get("MAMMOGRAFT_SEED", random.randrange(10000)))
        draw = random.Random(seed)
        whole, killed = self.folder / "whole", self.folder / "killed"
        self.succeeds(*line, "--out", whole)
        kills = 0
        for _ in range(3):
            process = start(*line, *of_this_machine, "--out", killed)
            log, wanted = killed / "log.jsonl", draw.randrange(1, STEPS - 1)
            wait_for(lambda: lines_in(log) >= wanted, process, f"step {wanted}")
            process.send_signal(signal.SIGKILL)
            finish(process, line)
            kills += not (killed / "model.safetensors").exists()
        self.assertGreater(kills, 0)
        self.succeeds(*line, *of_this_machine, "--out", killed)
        for name in names:
            self.assertEqual((killed / name).read_bytes(), (whole / name).read_bytes(), f"{name}, seed {seed}")
        self.check_folder(killed)

    def test_killed_it_ends_with_the_same_bytes(self):
        line = command("--graft-online", "blend", "--graft-model", blender(), "--keep-at", "3,7")
        names = ("model.safetensors", "model-3.safetensors", "model-7.safetensors", "log.jsonl", "validation.jsonl")
        self.kill_and_resume(line, names, "--graft-cache-mb", 0)  # nor does the memory for backgrounds decide

    def test_other_grafts_do_not_continue_a_training(self):
        out = self.folder / "run"
        line = command("--graft-online", "paste", steps=200)
        process = start(*line, "--out", out)
        wait_for(lambda: (out / "checkpoint.safetensors").exists(), process, "a checkpoint")
        process.send_signal(signal.SIGKILL)
        finish(process, line)
        self.fails(USAGE, ["run.json", "fresh_grafts.placement.margin_mm: found 2.0"], *line, "--graft-placement-margin-mm", 3, "--out", out)
        self.fails(USAGE, ["run.json", "options.fresh_grafts."], *line, "--graft-lesions", other_cohort(), "--out", out)

    def test_every_method_grafts_and_names_whom_it_used(self):
        everybody = {i["patient_id"] for i in json.loads((cohort() / "cohort.json").read_text())["images"]}
        vanilla = make("vanilla", "train", "blender", *fold(), "--method", "vanilla", *BLENDER, "--vanilla-side-px", 32,
                       "--vanilla-width", 4) / "model.safetensors"
        for method, model in (("paste", None), ("pie", None), ("fuse", None), ("blend", blender()), ("vanilla", vanilla)):
            with self.subTest(method=method):
                out = self.folder / method
                self.succeeds(*command("--graft-online", method, *(["--graft-model", model] if model else []), steps=2),
                              "--out", out)
                said = description(out / "model.safetensors")
                fresh = said["training"]["fresh_grafts"]
                self.assertEqual(fresh["method"], method)
                self.assertGreater(len(fresh["patients_hashed"]), 0)
                self.assertLessEqual(set(fresh["patients_hashed"]), set(said["patients_hashed"]))
                self.assertEqual(len(said["patients_hashed"]), len(everybody - held_out()))

    def test_lesions_of_others_stand_behind_the_detector(self):
        other = self.folder / "strangers"
        shutil.copytree(other_cohort(), other)
        table = (other / "cohort.json").read_text()
        (other / "cohort.json").write_text(table.replace('"phantom/', '"strangers/'))
        out = self.folder / "run"
        self.succeeds(*command("--graft-online", "fuse", "--graft-lesions", other, steps=2), "--out", out)
        own = len({i["patient_id"] for i in json.loads((cohort() / "cohort.json").read_text())["images"]} - held_out())
        behind = set(description(out / "model.safetensors")["patients_hashed"])
        self.assertGreater(len(behind), own)
        # So they cannot be tested with it.
        self.succeeds("detect", "--model", out / "model.safetensors", "--cohort", other, "--out", self.folder / "found")
        self.fails(BAD_INPUT, ["leak"], "evaluate", "--truth", other, "--detections",
                   self.folder / "found" / "detections.json", "--out", self.folder / "report")

    def test_a_blender_of_another_fold_is_refused(self):
        out = self.folder / "run"
        self.fails(BAD_INPUT, ["model.safetensors: learnt from patient", "held out in fold 1"], "train", "detector",
                   *fold(1), "--lengths", 2, *SHORT, "--graft-online", "blend", "--graft-model", blender(), "--out", out,
                   absent=[out / "model.safetensors"])

    def test_wrong_words(self):
        out = self.folder / "run"
        grafts = make("grafts", "synthesize", *fold(), "--method", "paste", "--count", 2)
        for code, words, line in (
                (USAGE, ["--graft-online blend needs a --graft-model"], ["--graft-online", "blend"]),
                (USAGE, ["--graft-online with them"], ["--graft-lesions", cohort()]),
                (USAGE, ["synthetic_share: found none"], ["--graft-online", "pie", "--data-synthetic-share", "none"]),
                (USAGE, ["unit: found passes"], ["--graft-online", "pie", "--data-synthetic-share", 1, "--unit", "passes"]),
                (BAD_INPUT, ["synthetic images, expected none"], ["--graft-online", "pie", "--cohort", grafts]),
                (USAGE, ["keep_at: found 9"], ["--keep-at", 9]),
                (BAD_INPUT, ["graft 1 by pie", "no room"], ["--graft-online", "pie", "--graft-placement-margin-mm", 200])):
            with self.subTest(line=line):
                self.fails(code, words, *command(*line, steps=2), "--out", out, absent=[out / "model.safetensors"])

    def test_a_state_of_the_way_is_a_detector(self):
        out, again = self.folder / "run", self.folder / "again"
        constant = ["--schedule-decay", "constant", "--validation-share", 0]
        self.succeeds(*command("--keep-at", 2, *constant, steps=4), "--out", out)
        self.succeeds(*command(*constant, steps=2), "--out", again)
        early = out / "model-2.safetensors"
        for name, model in (("early", early), ("again", again / "model.safetensors")):
            self.succeeds("detect", "--model", model, *fold(), "--threads", 1, "--out", self.folder / name)
        self.assertEqual((self.folder / "early" / "detections.json").read_bytes(),
                         (self.folder / "again" / "detections.json").read_bytes())
        self.assertEqual(description(early)["training"]["steps_of"], 4)
        self.succeeds(*command(*constant, steps=4), "--force", "--out", out)
        self.assertFalse(early.exists(), "it was of another training")

    def test_a_pass_shows_every_real_mass_once(self):
        table = json.loads((cohort() / "cohort.json").read_text())
        real = sum(i["status"] == "mass" and i["patient_id"] not in held_out() for i in table["images"])
        out = self.folder / "run"
        self.succeeds(*command("--graft-online", "paste", "--unit", "passes", "--validation-share", 0, steps=1), "--out", out)
        # Two images a step, three quarters of the draws with a mass (half of the healthy images stay), half of these real.
        self.assertEqual((out / "log.jsonl").read_bytes().count(b"\n"), math.ceil(real * 4 / 3))


if __name__ == "__main__":
    main()
