#!/usr/bin/env python3
"""What scripts/release_detector.sh measured, small enough to keep: for each test cohort the share of masses found by rule and
false positives per image, with the intervals, and the detections as they ship without their outlines.

    scripts/release_figures.py OUT docs/results/released-detector

OUT is the script's folder. Python's own library only."""

import json
import pathlib
import sys

from kept_detections import write_compressed

COHORTS = {"test": "test-split", "mias": "mini-mias"}
RULES = ("centre", "iou", "iou-0.2")
DIGITS = 4


def rates(metrics, key):
    """{system: {fppi: value}} of operating points."""
    return {result["system"]: {f"{point['fppi_limit']:g}": round(point[key], DIGITS) for point in result["operating_points"]}
            for result in metrics["results"]}


def figures(folder, cohort):
    """{system: {rule: {fppi: tpr}}}, the same of intervals, the groups of the masses, and the size of it all."""
    found = {"counts": None, "intervals": {}, "groups": {}, "coco": {}}
    for rule in RULES:
        metrics = json.loads((folder / f"{cohort}-{rule}" / "metrics.json").read_text())
        low, high = rates(metrics, "tpr_low"), rates(metrics, "tpr_high")
        for result in metrics["results"]:
            system = result["system"]
            found.setdefault(system, {})[rule] = rates(metrics, "tpr")[system]
            found["intervals"].setdefault(system, {})[rule] = {at: [low[system][at], high[system][at]] for at in low[system]}
            found["groups"].setdefault(system, {})[rule] = [
                {"by": group["by"], "group": group["group"], "masses": group["masses"],
                 "tpr": {f"{point['fppi_limit']:g}": [round(point[key], DIGITS) for key in ("tpr", "tpr_low", "tpr_high")]
                         for point in group["operating_points"] if point["tpr"] is not None}}
                for group in result["groups"]]
            found["coco"][system] = result["coco"]
            found["counts"] = {key: result["counts"][key] for key in ("patients", "images", "normal_images", "masses")}
    return found


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    source, target = map(pathlib.Path, sys.argv[1:])
    target.mkdir(parents=True, exist_ok=True)
    for cohort, name in COHORTS.items():
        (target / f"{name}.json").write_text(json.dumps(figures(source, cohort), indent=1) + "\n")
        detections = json.loads((source / f"{cohort}-shipped" / "detections.json").read_text())
        write_compressed(target / f"{name}-detections.json.gz", detections)


if __name__ == "__main__":
    main()
