"""An experiment whose networks are made up: cohorts, folds and subsets are real, what detectors find is drawn by lot."""

import json
import math
import random

from program import run


def graph(study):
    return json.loads((study / "graph.json").read_text())


def inside(study, task, word):
    """A word of a task's command line, which is for the study's folder, for any."""
    if word.startswith("{out}"):
        return word.replace("{out}", str(study / "tasks" / task["id"]))
    return study / word if word.startswith("tasks/") else word


def pretend(study, skill, leave_out=lambda training: False):
    """Does all tasks of a planned study but its report. `skill(arm, point, seed)`: the log odds of finding a mass. A training
    that `leave_out` names is not there."""
    tasks = {task["id"]: task for task in graph(study)["tasks"]}
    layout = graph(study)["layout"]
    out = set()
    for one in layout["trainings"]:
        if leave_out(one):
            out |= {one["detector"], one["detect"], one["check"]}
    trainings = {one["detect"]: one for one in layout["trainings"]}
    for task in tasks.values():
        marker = study / "tasks" / task["id"] / task["marker"]
        if task["id"] in out or task["kind"] in ("evaluate", "report") or marker.exists():
            continue
        if task["kind"] in ("phantom", "split", "subset"):
            result = run(*[inside(study, task, word) for word in task["arguments"]])
            assert result.code == 0, result
            continue
        marker.parent.mkdir(parents=True, exist_ok=True)
        if task["kind"] == "detect":
            one = trainings[task["id"]]
            find(study, layout, one, skill(layout["arms"][one["arm"]]["name"], layout["points"][one["point"]], one["seed"]),
                 marker.parent)
        elif marker.suffix == ".safetensors":
            detectors = {one["detector"]: layout["points"][one["point"]]["patients"] for one in layout["trainings"]}
            marker.write_bytes(model_of_nothing(detectors.get(task["id"]) or 40))
        else:
            marker.write_text("{}")


def model_of_nothing(masses):
    """A detector's file without tensors, which says of how many real masses it learnt."""
    metadata = {"kind": "mammograft-detector", "format": "1", "detector": json.dumps({"training": {"real_masses": masses}})}
    header = json.dumps({"__metadata__": metadata}).encode()
    return len(header).to_bytes(8, "little") + header


def find(study, layout, one, log_odds, folder):
    cohort = json.loads((study / layout["truth"] / "cohort.json").read_text())
    folds = json.loads(next(study.glob("tasks/split-*/folds.json")).read_text())["fold_of"]
    images = [image for image in cohort["images"] if folds[image["patient_id"]] == one["fold"]]
    draw = random.Random(json.dumps(one))
    detections = []
    for image in images:
        for mass in (a for a in cohort["annotations"] if a["image_id"] == image["id"]):
            hard = random.Random(mass["id"]).gauss(0, 1)  # for everybody
            if draw.random() < 1 / (1 + math.exp(hard - log_odds)):
                box = [side + draw.uniform(-1, 1) for side in mass["bbox"]]
                detections.append((image["id"], box, draw.betavariate(4, 2)))
        while draw.random() < 0.6:
            box = [draw.uniform(0, 0.7 * image["width"]), draw.uniform(0, 0.7 * image["height"]), 20, 20]
            detections.append((image["id"], box, draw.betavariate(2, 4)))
    meta = {"image_ids": [image["id"] for image in images], "patients_hashed": [], "model": {}}
    (folder / "detections.meta.json").write_text(json.dumps(meta))
    (folder / "detections.json").write_text(json.dumps(
        [{"image_id": image, "category_id": 1, "bbox": box, "score": score} for image, box, score in detections]))
