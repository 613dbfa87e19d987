"""Loads a cohort.json of ours, and detections for it, with pycocotools: python check_ours.py
cohort.json [detections.json]. Prints counts; fails where pycocotools or our own keys disagree."""
import sys

from pycocotools import mask as masks
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

truth = COCO(sys.argv[1])
worst = 0
for annotation in truth.loadAnns(truth.getAnnIds()):
    area = int(masks.area(truth.annToRLE(annotation)))
    worst = max(worst, abs(area - annotation["area"]))
assert worst == 0, f"areas differ by up to {worst} pixels"
print(len(truth.imgs), "images", len(truth.anns), "annotations, areas equal")
if len(sys.argv) > 2:
    found = truth.loadRes(sys.argv[2])
    for kind in ("bbox", "segm"):
        scores = COCOeval(truth, found, kind)
        scores.evaluate(), scores.accumulate(), scores.summarize()
