#!/usr/bin/env python3
"""What fresh grafts cost a training: steps of the preset `light` with and without --graft-online, in turns.

    bench/online_grafts.py build/bin/mammograft [--method blend --model MODEL] [--steps 30] [--rounds 2] [--threads 1]

Times are those at which lines of log.jsonl come, one a step; the first step is left out (it waits for its images). The
processor's time of all threads, which a busy machine changes little, is taken from the first to the last line."""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def step_times(command, run):
    """Seconds from step to step, and the processor's a step."""
    process = subprocess.Popen([*command, "--out", run], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    log, seen, times, cpu = run / "log.jsonl", 0, [], []
    while process.poll() is None:
        lines = log.read_bytes().count(b"\n") if log.exists() else 0
        times += [time.monotonic()] * (lines - seen)
        if lines > seen:
            cpu.append(cpu_seconds(process.pid))
        seen = lines
        time.sleep(0.002)
    if process.returncode:
        raise SystemExit(process.stderr.read())
    return [b - a for a, b in zip(times, times[1:])], (cpu[-1] - cpu[0]) / (len(times) - 1)


def shown(name, times):
    print(f"{name:32} min {min(times):.3f}  median {statistics.median(times):.3f}  max {max(times):.3f}  "
          f"mean {statistics.mean(times):.3f} s  ({len(times)} steps)", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--method", default="fuse")
    parser.add_argument("--model", help="blender, for the methods that need one")
    parser.add_argument("--cohort", help="instead of a phantom")
    parser.add_argument("--patients", type=int, default=30)
    parser.add_argument("--mm-per-px", type=float, default=0.2)
    parser.add_argument("--share", type=float, default=0.25)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        cohort = options.cohort or folder / "cohort"
        if not options.cohort:
            subprocess.run([options.program, "phantom", "--patients", str(options.patients), "--mm-per-px",
                            str(options.mm_per_px), "--mass-fraction", "0.5", "--quiet", "--out", cohort], check=True)
        sizes = [(i["width"], i["height"]) for i in json.loads((pathlib.Path(cohort) / "cohort.json").read_text())["images"]]
        print(f"{len(sizes)} images, {sum(w * h for w, h in sizes) / len(sizes) / 1e6:.1f} megapixels each", flush=True)
        command = [options.program, "train", "detector", "--cohort", cohort, "--lengths", str(options.steps), "--log-every",
                   "1", "--checkpoint-every", "100000", "--validation-share", "0", "--threads", str(options.threads),
                   "--quiet", "--data-synthetic-share", str(options.share)]
        fresh = ["--graft-online", options.method] + (["--graft-model", options.model] if options.model else [])
        times = {"real images alone": [], f"fresh grafts by {options.method}": []}
        processor = {name: [] for name in times}
        for k in range(options.rounds):
            for number, (name, more) in enumerate(zip(times, ([], fresh))):
                one, cpu = step_times([*command, *more], folder / f"run-{k}-{number}")
                shown(f"round {k + 1}, {name}", one)
                times[name] += one
                processor[name].append(cpu)
        for name, all_of_it in times.items():
            shown(name, all_of_it)
        real, grafts = (statistics.mean(t) for t in times.values())
        print(f"a step is {100 * (grafts / real - 1):+.1f} % slower in the mean", flush=True)
        real, grafts = (statistics.mean(t) for t in processor.values())
        print(f"processor's time a step: {real:.3f} and {grafts:.3f} s, {100 * (grafts / real - 1):+.1f} %", flush=True)


if __name__ == "__main__":
    main()
