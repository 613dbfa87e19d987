"""FROC values the slow way, from the files: what the report of an experiment is compared with. Python's own library only."""

import json
import pathlib
import random


def overlap(a, b):
    """IoU of boxes [x, y, width, height]."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    inside = max(0, width) * max(0, height)
    return inside / (a[2] * a[3] + b[2] * b[3] - inside)


class Tested:
    """Images, their patients and masses, of a cohort's folder."""

    def __init__(self, folder):
        cohort = json.loads((pathlib.Path(folder) / "cohort.json").read_text())
        self.patient_of = {image["id"]: image["patient_id"] for image in cohort["images"]}
        self.masses = [a for a in cohort["annotations"] if not a.get("iscrowd")]
        self.patients = sorted(set(self.patient_of.values()))

    def marks(self, detections):
        """[(score, patient, hits a mass)] by falling score; a further hit on a found mass is none."""
        marks = []
        for image in {d["image_id"] for d in detections}:
            free = [m for m in self.masses if m["image_id"] == image]
            found = []
            for one in sorted((d for d in detections if d["image_id"] == image), key=lambda d: -d["score"]):
                best = max(free, key=lambda m: overlap(one["bbox"], m["bbox"]), default=None)
                if best is not None and overlap(one["bbox"], best["bbox"]) > 0.5:
                    free.remove(best)
                    found.append(best)
                    marks.append((one["score"], self.patient_of[image], True))
                elif not any(overlap(one["bbox"], m["bbox"]) > 0.5 for m in found):
                    marks.append((one["score"], self.patient_of[image], False))
        return sorted(marks, key=lambda mark: -mark[0])

    def rate(self, marks, fppi, patients=None):
        """The highest share of masses found with at most `fppi` false positives an image, of patients who may count several
        times; equal scores enter together."""
        times = {p: 0 for p in self.patients}
        for patient in self.patients if patients is None else patients:
            times[patient] += 1
        images = sum(times[p] for p in self.patient_of.values())
        masses = sum(times[self.patient_of[m["image_id"]]] for m in self.masses)
        hits = alarms = best = 0
        for i, (score, patient, hit) in enumerate(marks):
            if hit:
                hits += times[patient]
            else:
                alarms += times[patient]
            if alarms > fppi * images:
                break
            if i + 1 == len(marks) or marks[i + 1][0] != score:
                best = hits
        return best / masses


def pooled(tested, folder, files):
    """The marks of one training: its folds' detections together."""
    detections = []
    for file in files:
        detections += json.loads((pathlib.Path(folder) / file).read_text())
    return tested.marks(detections)


def difference(tested, one, other, fppi, patients=None):
    """Of the means over the seeds; `one` and `other`: marks of each."""
    def mean(runs):
        return sum(tested.rate(marks, fppi, patients) for marks in runs) / len(runs)
    return mean(one) - mean(other)


def difference_interval(tested, one, other, fppi, rounds=400):
    """95 %: patients drawn, and the seeds of each."""
    draw, values = random.Random(7), []
    for _ in range(rounds):
        patients = draw.choices(tested.patients, k=len(tested.patients))
        values.append(difference(tested, draw.choices(one, k=len(one)), draw.choices(other, k=len(other)), fppi, patients))
    values.sort()
    return values[int(0.025 * rounds)], values[int(0.975 * rounds) - 1]
