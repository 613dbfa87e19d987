#!/usr/bin/env python3
"""Trainings in several processes under mpirun: they end where one process ends, together."""

import array
import json
import os
import pathlib
import shutil
import signal
import struct
import tempfile
import time
import unittest

from program import BAD_INPUT, CANCELLED, TINY, USAGE, ProgramTest, finish, main, run, start, wait_for

FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="mammograft-distributed-"))
BATCH = 4
TOLERANCE = 1e-4
# Few steps: after some seven rounding begins to choose between proposals with almost equal scores, and then a
# step samples another RoI. What is wrong with data, losses or gradients shows in the first step.
LENGTHS = "3,3"


def setUpModule():
    if os.environ.get("MAMMOGRAFT_WITH_MPI") == "OFF":
        raise unittest.SkipTest("mammograft was built without MPI")
    if shutil.which("mpirun") is None:
        raise unittest.SkipTest("there is no mpirun (package openmpi-bin)")
    os.environ.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")  # containers
    result = run("phantom", "--patients", 4, "--mm-per-px", 0.8, "--mass-fraction", 0.5, "--out", FOLDER / "cohort")
    assert result.code == 0, result


def tearDownModule():
    shutil.rmtree(FOLDER, ignore_errors=True)


def mpirun(processes, *more):
    return ("mpirun", "--oversubscribe", "--bind-to", "none", *more, "-n", str(processes))


def train(out, *more, lengths=LENGTHS, batch=BATCH):
    tiny = list(TINY)
    tiny[tiny.index("--batch") + 1] = batch
    return ("train", "detector", "--cohort", FOLDER / "cohort", "--out", out, "--stages", "heads,stage3",
            "--lengths", lengths, "--log-every", 1, *tiny, *more)


def floats(path):
    """The fp32 tensors of a safetensors file by name."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    return {name: array.array("f", data[8 + length + t["data_offsets"][0]:8 + length + t["data_offsets"][1]])
            for name, t in header.items() if name != "__metadata__" and t["dtype"] == "F32"}


def difference(found, expected):
    """The largest difference of any value, relative to the largest value of its tensor: biases have hardly left zero."""
    assert found.keys() == expected.keys()
    return max(max(abs(a - b) for a, b in zip(found[name], values)) / max(max(map(abs, values)), 1e-3)
               for name, values in expected.items() if values)


def log_of(run_folder):
    return [json.loads(line) for line in (run_folder / "log.jsonl").read_text().splitlines()]


def ranks_of(launcher):
    """The process ids of mammograft under this mpirun."""
    ids = []
    for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            name, rest = entry.read_text().rsplit(")", 1)
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(rest.split()[1]) == launcher.pid and "mammograft" in name:
            ids.append(int(entry.parent.name))
    return ids


def is_gone(pid):
    """Neither running nor waiting to be reaped by somebody who lives."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


class Distributed(ProgramTest):

    def check_same_end(self, found, expected):
        parameters = difference(floats(found / "model.safetensors"), floats(expected / "model.safetensors"))
        logs = log_of(found), log_of(expected)
        self.assertEqual([line["step"] for line in logs[0]], [line["step"] for line in logs[1]])
        losses = max(abs(a[name] - b[name]) / max(abs(b[name]), 0.01)
                     for a, b in zip(*logs) for name in b)
        print(f"largest relative difference: parameters {parameters:.1e}, losses {losses:.1e}")
        self.assertLess(parameters, TOLERANCE)
        self.assertLess(losses, TOLERANCE)

    @classmethod
    def one(cls, name="one", *more):
        """The run that one process makes, done once."""
        folder = FOLDER / name
        if not folder.exists():
            result = run(*train(folder, *more))
            assert result.code == 0, result
        return folder

    def begin(self, out, *more, lengths="3000,1"):
        """A long run of two processes that has logged something; with its arguments and its ranks."""
        arguments = train(out, lengths=lengths)
        process = start(*arguments, launcher=mpirun(2, *more))
        wait_for(lambda: (out / "log.jsonl").exists(), process, "a line of log.jsonl")
        ranks = ranks_of(process)
        self.assertEqual(len(ranks), 2)
        return process, arguments, ranks

    def check_gone(self, ranks):
        end = time.monotonic() + 20
        while not all(map(is_gone, ranks)):
            self.assertLess(time.monotonic(), end, f"still running: {ranks}")
            time.sleep(0.05)

    def test_several_processes_end_where_one_ends(self):
        out = self.folder / "run"
        result = finish(start(*train(out), launcher=mpirun(4)), train(out))
        self.assertEqual(result.code, 0, result)
        self.assertEqual(result.err.count("training on "), 1, result)  # rank 0 alone speaks
        self.assertEqual(json.loads((out / "run.json").read_text())["processes"], 4)
        self.check_same_end(out, self.one())
        self.check_folder(out, result)

    def test_retinanet_ends_where_one_process_ends(self):
        retina, out = ("--arch", "retinanet"), self.folder / "run"
        result = finish(start(*train(out, *retina), launcher=mpirun(2)), train(out, *retina))
        self.assertEqual(result.code, 0, result)
        self.assertEqual(json.loads((out / "run.json").read_text())["processes"], 2)
        self.assertTrue(any(name.startswith("head.regression_head.") for name in floats(out / "model.safetensors")))
        self.check_same_end(out, self.one("one-retinanet", *retina))

    def test_a_killed_process_ends_all(self):
        for victim in (0, 1):
            process, arguments, ranks = self.begin(self.folder / str(victim))
            os.kill(ranks[victim], signal.SIGKILL)
            result = finish(process, arguments)
            self.assertNotEqual(result.code, 0, result)
            self.check_gone(ranks)

    def test_ctrl_c_saves_a_checkpoint(self):
        out = self.folder / "run"
        # A process told to stop has a quarter of a minute to save.
        process, arguments, ranks = self.begin(out, "--mca", "odls_base_sigkill_timeout", "15", lengths="4,12000")
        process.send_signal(signal.SIGINT)  # mpirun hands on a SIGTERM
        result = finish(process, arguments)
        self.assertNotEqual(result.code, 0, result)
        self.check_gone(ranks)
        self.assertEqual(len(result.error_lines()), 1, result)
        self.assertIn("run the same command again to continue", result.error_lines()[0], result)
        self.assertTrue((out / "checkpoint.safetensors").exists(), result)

    def test_one_signalled_process_stops_all_and_another_number_continues(self):
        out = self.folder / "run"
        arguments = train(out)
        process = start(*arguments, launcher=mpirun(2))
        wait_for(lambda: (out / "run.json").exists(), process, "run.json")
        last = max(ranks_of(process))
        wait_for(lambda: (out / "log.jsonl").exists(), process, "a line of log.jsonl")
        os.kill(last, signal.SIGTERM)
        result = finish(process, arguments)
        self.assertEqual(result.code, CANCELLED, result)
        self.assertEqual(len(result.error_lines()), 1, result)
        self.assertFalse((out / "model.safetensors").exists(), result)
        self.check_folder(out, result)
        checkpoint = (out / "checkpoint.safetensors").read_bytes()
        self.succeeds(*arguments)
        self.check_same_end(out, self.one())
        # What one process leaves, four continue.
        (out / "model.safetensors").unlink()
        (out / "checkpoint.safetensors").write_bytes(checkpoint)
        result = finish(start(*arguments, launcher=mpirun(4)), arguments)
        self.assertEqual(result.code, 0, result)
        self.check_same_end(out, self.one())

    def test_an_error_of_one_process_ends_all(self):
        out = self.folder / "run"
        result = finish(start(*train(out, batch=3), launcher=mpirun(2)), train(out, batch=3))
        self.assertEqual(result.code, USAGE, result)
        self.assertIn("error: batch: found 3, expected a multiple of the 2 processes", result.err)
        self.assertFalse((out / "run.json").exists())
        shutil.copytree(self.one(), out, dirs_exist_ok=True)
        result = finish(start(*train(out), launcher=mpirun(2)), train(out))
        self.assertEqual(result.code, 0, result)
        self.assertEqual(result.err.count("finished before"), 1, result)  # rank 0 alone looks at the folder
        longer = train(out, lengths="4,7")
        result = finish(start(*longer, launcher=mpirun(2)), longer)
        self.assertEqual(result.code, USAGE, result)
        self.assertEqual(len(result.error_lines()), 1, result)
        (out / "model.safetensors").unlink()
        (out / "checkpoint.safetensors").write_bytes(b"not a checkpoint")
        result = finish(start(*train(out), launcher=mpirun(2)), train(out))
        self.assertEqual(result.code, BAD_INPUT, result)
        self.assertEqual(len(result.error_lines()), 1, result)
        self.assertIn("checkpoint.safetensors", result.error_lines()[0])


if __name__ == "__main__":
    main()
