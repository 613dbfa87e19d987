"""Makes the golden files of src/cohort with pycocotools 2.0 (not needed to build or to test).

    pip install pycocotools && python make_golden.py

bare.json: a bare COCO file with a polygon, uncompressed and compressed RLE, a box, category id 0.
bare_masks.json: what pycocotools makes of it: area, tight box and compressed RLE by annotation.
patients.json: patient ids and their hashes by Python's hashlib.
"""
import hashlib
import json
import pathlib

import numpy as np
from pycocotools import mask as masks
from pycocotools.coco import COCO

here = pathlib.Path(__file__).parent
height, width = 40, 50
yy, xx = np.mgrid[:height, :width]
disc = ((xx - 20) ** 2 + (yy - 15) ** 2 <= 64).astype(np.uint8)
ring = disc - ((xx - 20) ** 2 + (yy - 15) ** 2 <= 9).astype(np.uint8)


def uncompressed(mask):
    flat = mask.flatten(order="F")
    edges = np.flatnonzero(np.diff(flat)) + 1
    counts = np.diff(np.concatenate([[0], edges, [flat.size]])).tolist()
    return [0] + counts if flat[0] else counts


packed = masks.encode(np.asfortranarray(ring))
packed["counts"] = packed["counts"].decode()
star = [12.5, 3.25, 30.0, 9.5, 44.75, 30.5, 20.25, 35.0, 5.5, 20.0]
segmentations = [
    ([5.5, 3.25, 39.25, 31.75], [star]),
    ([12, 7, 17, 17], {"size": [height, width], "counts": uncompressed(disc)}),
    ([12, 7, 17, 17], packed),
    ([3.5, 4.25, 10.5, 8], [[3.5, 4.25, 14, 4.25, 14, 12.25, 3.5, 12.25]]),
]
bare = {
    "categories": [{"id": 0, "name": "Mass"}, {"id": 7, "name": "Calcification"}],
    "images": [{"id": 0, "file_name": "a.png", "height": height, "width": width},
               {"id": 4, "file_name": "b/c.png", "height": height, "width": width}],
    "annotations": [{"id": i, "image_id": 0, "category_id": 0, "bbox": box, "segmentation": s,
                     "area": 1, "iscrowd": int(isinstance(s, dict))}
                    for i, (box, s) in enumerate(segmentations)],
}
(here / "bare.json").write_text(json.dumps(bare) + "\n")
coco = COCO(here / "bare.json")
made = []
for annotation in coco.dataset["annotations"]:
    rle = coco.annToRLE(annotation)
    made.append({"id": annotation["id"], "area": int(masks.area(rle)),
                 "bbox": masks.toBbox(rle).tolist(), "counts": rle["counts"].decode()
                 if isinstance(rle["counts"], bytes) else rle["counts"]})
(here / "bare_masks.json").write_text(json.dumps(made) + "\n")
patients = ["mias/001", "cbis/00016", "klinik/\u00e4\u00f6\u00fc", "a/" + "x" * 120]
(here / "patients.json").write_text(json.dumps(
    {p: hashlib.sha256(("mammograft patient " + p).encode()).hexdigest()[:32] for p in patients},
    ensure_ascii=False) + "\n")
