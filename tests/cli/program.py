"""Runs mammograft and checks how it fails. Used by the tests beside it; Python's own library only."""

import functools
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

USAGE, BAD_INPUT, IO, CANCELLED = 2, 3, 4, 5
TIMEOUT_S = 300

# The smallest detector that the program can make: what it finds does not matter here.
TINY = ["--model-input-long-side-px", "64", "--model-backbone-fpn-channels", "8", "--batch", "1",
        "--model-roi-box-features", "16", "--model-roi-mask-channels", "8", "--model-roi-samples", "16",
        "--precision", "fp32", "--threads", "1"]


def program():
    return os.environ["MAMMOGRAFT"]


class Result:
    def __init__(self, arguments, code, out, err):
        self.arguments, self.code, self.out, self.err = arguments, code, out, err

    def error_lines(self):
        return [line for line in re.split(r"[\r\n]+", self.err) if line.startswith("error:")]

    def __str__(self):
        command = " ".join(str(a) for a in self.arguments)
        return f"\n$ mammograft {command}\nexit code {self.code}\n{self.out[-2000:]}{self.err[-4000:]}"


def start(*arguments, limit_file_bytes=None, launcher=()):
    """A running mammograft (under `launcher`) with the signals of a terminal's foreground, whatever started the tests."""
    def prepare():
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if limit_file_bytes is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # writes fail, as on a full disk
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit_file_bytes, limit_file_bytes))
    return subprocess.Popen([*launcher, program(), *map(str, arguments)], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            preexec_fn=prepare)


def finish(process, arguments):
    try:
        out, err = process.communicate(timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"took longer than {TIMEOUT_S} s" +
                             str(Result(arguments, process.returncode, out, err)))
    return Result(arguments, process.returncode, out, err)


def run(*arguments, **options):
    return finish(start(*arguments, **options), arguments)


def wait_for(condition, process, what):
    """Polls until condition() holds; the process must not end before."""
    end = time.monotonic() + TIMEOUT_S
    while not condition():
        if process.poll() is not None:
            out, err = process.communicate()
            raise AssertionError(f"ended before {what}: {out}{err}")
        if time.monotonic() > end:
            process.kill()
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.005)


def lines_in(path):
    """How many; 0 of a file that is not there: a training that begins again removes its log, perhaps just now."""
    try:
        return path.read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0


def png(width, height, rows, bits=8, colour_type=0):
    """A PNG of raw rows (bytes each): colour type 0 grey, 2 RGB, 4 grey and alpha, 6 RGB and alpha."""
    def chunk(name, data):
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
    header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@functools.lru_cache
def breast_rows(width=96, height=128):
    """8-bit rows of a bright half-disc at the left edge: enough of a breast for the programs."""
    rows = []
    for y in range(height):
        reach = 0.8 * width * max(0.0, 1 - ((y - height / 2) / (height / 2.2)) ** 2) ** 0.5
        rows.append(bytes(90 + (7 * x + 13 * y) % 60 if x < reach else 0 for x in range(width)))
    return rows


def breast_png():
    return png(96, 128, breast_rows())


def is_whole(path):
    """Whether a file under a final name is complete, by its kind."""
    data = path.read_bytes()
    if path.suffix == ".png":
        return data.startswith(b"\x89PNG") and data[-8:-4] == b"IEND"
    if path.suffix == ".jpg":
        return data.startswith(b"\xff\xd8") and data.endswith(b"\xff\xd9")
    if path.suffix == ".json":
        json.loads(data)
    if path.suffix == ".jsonl":
        for line in data.decode().splitlines():
            json.loads(line)
    if path.suffix == ".safetensors":
        (length,) = struct.unpack("<Q", data[:8])
        header = json.loads(data[8:8 + length])
        header.pop("__metadata__", None)
        return len(data) == 8 + length + max(t["data_offsets"][1] for t in header.values())
    return True


class ProgramTest(unittest.TestCase):
    """A test case with a folder of its own and checks of exit codes, messages and leftovers."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mammograft-cli-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def succeeds(self, *arguments):
        result = run(*arguments)
        self.assertEqual(result.code, 0, result)
        self.assertEqual(result.error_lines(), [], result)
        return result

    def check_failure(self, result, code, names, absent=(), out=None):
        """One error line that holds every one of `names`; nothing half-written in the folder `out`."""
        self.assertEqual(result.code, code, result)
        self.assertEqual(len(result.error_lines()), 1, result)
        for name in names:
            self.assertIn(str(name), result.error_lines()[0], result)
        for path in absent:
            self.assertFalse(path.exists(), f"{path} was written{result}")
        if out is not None:
            self.check_folder(out, result)

    def fails(self, code, names, *arguments, absent=(), out=None, **options):
        result = run(*arguments, **options)
        self.check_failure(result, code, names, absent, out)
        return result

    def check_folder(self, folder, result=""):
        for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
            self.assertFalse(path.name.startswith(".mammograft-"), f"left over: {path}{result}")
            if path.is_file():
                self.assertTrue(is_whole(path), f"half-written: {path}{result}")

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path


def main():
    """The program's path is the last argument, so that ctest can give it."""
    if len(sys.argv) > 1 and not sys.argv[-1].startswith("-") and os.access(sys.argv[-1], os.X_OK):
        os.environ["MAMMOGRAFT"] = os.path.abspath(sys.argv.pop())
    if "MAMMOGRAFT" not in os.environ:
        sys.exit(f"usage: {sys.argv[0]} [TEST...] path/to/mammograft")
    unittest.main(verbosity=2)
