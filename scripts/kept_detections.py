#!/usr/bin/env python3
"""What an experiment found, small enough to keep: the highest detections of every image, one file a training.

    scripts/kept_detections.py STUDY OUT [MOST]

STUDY is the folder of `mammograft experiment run`; MOST detections of an image (10). Written are
OUT/<arm>-seed-<seed>-<length>.json.gz, with `-fold-<k>` where there are folds and `-of-<n>` where n patients with
a mass were drawn. Python's own library only."""

import gzip
import json
import pathlib
import sys


def bare(detection):
    return {"image_id": detection["image_id"], "category_id": detection["category_id"],
            "bbox": [round(value, 1) for value in detection["bbox"]], "score": round(detection["score"], 6)}


def write_compressed(path, detections):
    text = json.dumps([bare(detection) for detection in detections], separators=(",", ":"))
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def highest(detections, most):
    """By image, by falling score."""
    of_image = {}
    for detection in detections:
        of_image.setdefault(detection["image_id"], []).append(detection)
    return [detection for image in sorted(of_image)
            for detection in sorted(of_image[image], key=lambda d: -d["score"])[:most]]


def name_of(training, layout, detector):
    words = detector["arguments"]
    length = words[words.index("--lengths") + 1].replace(",", "+")
    fold = f"-fold-{training['fold']}" if training["fold"] >= 0 else ""
    patients = layout["points"][training["point"]]["patients"]
    drawn = f"-of-{patients}" if patients else ""
    return f"{layout['arms'][training['arm']]['name']}-seed-{training['seed']}{fold}-{length}{drawn}.json.gz"


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    study, target = map(pathlib.Path, sys.argv[1:3])
    most = int(sys.argv[3]) if len(sys.argv) == 4 else 10
    graph = json.loads((study / "graph.json").read_text())
    tasks = {task["id"]: task for task in graph["tasks"]}
    target.mkdir(parents=True, exist_ok=True)
    for training in graph["layout"]["trainings"]:
        found = study / "tasks" / training["detect"] / "detections.json"
        if not found.exists():
            continue
        path = target / name_of(training, graph["layout"], tasks[training["detector"]])
        write_compressed(path, highest(json.loads(found.read_text()), most))
        print(path)


if __name__ == "__main__":
    main()
