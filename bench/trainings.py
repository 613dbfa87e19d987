#!/usr/bin/env python3
"""Several detectors, for example of a cross-validation's folds: trained side by side or one after the other?

    bench/trainings.py PROGRAM OUT [--rounds 3] [--steps 30] [--trainings N]

In every round N trainings (as many as there are cores) of the default preset run one after the other with all
threads, then side by side with one thread each, on the same phantom cohort. Printed and written to OUT/trainings.json:
minimum, median and maximum of the seconds and of their ratio. Each training first reads its images and the weights,
as real ones do.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time


def spread(values):
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}


def text(numbers):
    return " / ".join(f"{numbers[key]:.2f}" for key in ("min", "median", "max"))


def main():
    cores = len(os.sched_getaffinity(0))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--trainings", type=int, default=cores)
    options = parser.parse_args()
    work = os.path.join(options.out, "trainings")
    cohort = os.path.join(work, "cohort")
    os.makedirs(work, exist_ok=True)
    if not os.path.exists(os.path.join(cohort, "cohort.json")):
        subprocess.run([options.program, "phantom", "--patients", "16", "--mm-per-px", "0.35", "--quiet", "--out",
                        cohort], check=True)

    def start(number, threads):
        run = os.path.join(work, f"run-{number}")
        shutil.rmtree(run, ignore_errors=True)
        return subprocess.Popen([options.program, "train", "detector", "--cohort", cohort, "--lengths",
                                 str(options.steps), "--validation-share", "0", "--checkpoint-every", "1000", "--seed",
                                 str(number + 1), "--threads", str(threads), "--quiet", "--out", run])

    def finish(process):
        if process.wait() != 0:
            raise SystemExit(f"trainings: a training ended with {process.returncode}")

    def one_after_the_other():
        for number in range(options.trainings):
            finish(start(number, cores))

    def side_by_side():
        for process in [start(number, 1) for number in range(options.trainings)]:
            finish(process)

    seconds = {one_after_the_other: [], side_by_side: []}
    for _ in range(options.rounds):
        for way, taken in seconds.items():
            begin = time.perf_counter()
            way()
            taken.append(time.perf_counter() - begin)
    ratios = [a / b for a, b in zip(seconds[one_after_the_other], seconds[side_by_side])]
    result = {"cores": cores, "trainings": options.trainings, "steps": options.steps, "rounds": options.rounds,
              "one_after_the_other_s": spread(seconds[one_after_the_other]),
              "side_by_side_s": spread(seconds[side_by_side]), "ratio": spread(ratios)}
    print(f"{options.trainings} trainings of {options.steps} steps on {cores} cores, seconds, min / median / max")
    print(f"  one after the other, {cores} threads: {text(result['one_after_the_other_s'])}")
    print(f"  side by side, 1 thread each:       {text(result['side_by_side_s'])}")
    print(f"  ratio:                             {text(result['ratio'])}")
    path = os.path.join(options.out, "trainings.json")
    with open(path + ".part", "w") as out:
        json.dump(result, out, indent=1)
    os.replace(path + ".part", path)
    shutil.rmtree(work)
    print(path)


if __name__ == "__main__":
    sys.exit(main())
