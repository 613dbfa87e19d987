"""Makes coco_ap.json: average precision and recall, and overlaps, as pycocotools has them.

    pip install pycocotools numpy && python make_coco_ap.py
(made with pycocotools 2.0.11, numpy 2.4.6)

Boxes are xywh in quarters of a pixel, so that both programs compute with the same numbers. A
segmentation is null (the filled box), a run-length string, or polygons. Detections with one score
stand, within an image, in the order of ranks_before() in src/evaluate/detection_order.h: there
COCO takes the order of the file.
"""

import contextlib
import io
import json
import pathlib

import numpy as np
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

rng = np.random.default_rng(20)


def quarter(value):
    return float(np.round(4 * value) / 4)


def rectangle(box):
    x, y, w, h = box
    return [[x, y, x + w, y, x + w, y + h, x, y + h]]


def encode(mask):
    return coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))


def runs_of(text, size):
    flat = coco_mask.decode({"size": size, "counts": text.encode()}).ravel(order="F")
    borders = np.flatnonzero(np.diff(np.concatenate([[0], flat]))).tolist() + [flat.size]
    return np.diff([0] + borders).tolist()


def blob(size, box, hole=False):
    """An ellipse in the box with a ragged border."""
    height, width = size
    x, y, w, h = box
    rows, columns = np.mgrid[:height, :width] + 0.5
    u, v = (columns - x - w / 2) / max(w / 2, 0.1), (rows - y - h / 2) / max(h / 2, 0.1)
    radius = np.hypot(u, v)
    mask = radius < 1 + 0.08 * np.sin(5 * np.arctan2(v, u) + rng.uniform(0, 6))
    if hole:
        mask &= radius > rng.uniform(0.2, 0.6)
    return mask


def star(box):
    x, y, w, h = box
    angle = np.sort(rng.uniform(0, 2 * np.pi, 9))
    radius = rng.uniform(0.7, 1, 9)
    points = np.stack([x + w / 2 * (1 + radius * np.cos(angle)),
                       y + h / 2 * (1 + radius * np.sin(angle))], 1)
    return [[quarter(v) for v in points.ravel()]]


def some_box(size, low, high):
    w, h = rng.uniform(low, high, 2)
    x, y = rng.uniform(0, max(1, size[1] - w)), rng.uniform(0, max(1, size[0] - h))
    return [quarter(v) for v in (x, y, w, h)]


def moved(box, amount):
    x, y, w, h = box
    dx, dy, dw, dh = rng.normal(0, amount, 4)
    return [quarter(x + dx), quarter(y + dy), max(0.25, quarter(w + dw)), max(0.25, quarter(h + dh))]


def segmentation(size, box, kinds):
    kind = rng.choice(kinds)
    if kind == "none":
        return None
    if kind == "star":
        return star(box)
    return encode(blob(size, box, kind == "hole"))["counts"].decode()


class Case:
    def __init__(self, name, most=100):
        self.name, self.most = name, most
        self.images, self.truth, self.detections = [], [], []

    def image(self, id, height, width):
        self.images.append([id, height, width])

    def size(self, id):
        return next(image[1:] for image in self.images if image[0] == id)

    def mass(self, image, box, category=1, shape=None, crowd=0):
        id = (self.truth[-1][0] if self.truth else 0) + int(rng.integers(1, 4))
        self.truth.append([id, image, category, box, shape, crowd])

    def found(self, image, box, score, category=1, shape=None):
        self.detections.append([image, category, box, score, shape])

    def in_order(self):
        def key(detection):
            image, _, (x, y, w, h), _, shape = detection
            return x, y, x + w, y + h, [] if shape is None else [1] + runs_of(shape, self.size(image))
        self.detections.sort(key=key)


def random_case(number):
    case = Case(f"random {number}")
    categories = [1] if number % 3 else [7, 2, 40]
    size = [120, 150] if number % 10 == 9 else [64, 72]
    low, high = [8, 115] if size[0] == 120 else [4, 44]
    case.most = [100, 100, 3, 1][number % 4]
    kinds = [["blob", "star", "hole", "none"], ["blob"], ["none"], ["hole", "none"]][number // 3 % 4]
    steps = [1000, 10, 3][number % 3]  # few steps: ties
    images = rng.permutation(np.arange(1, 12))[:rng.integers(1, 7)].tolist()
    for image in images:
        case.image(image, *size)
        for _ in range(rng.choice([0, 1, 1, 2, 3])):
            box, category = some_box(size, low, high), int(rng.choice(categories))
            case.mass(image, box, category, segmentation(size, box, kinds), int(rng.random() < 0.2))
            if rng.random() < 0.1:
                case.mass(image, box, category, case.truth[-1][4])  # one lesion twice
            for _ in range(rng.choice([0, 1, 1, 2, 3])):
                near = moved(box, rng.choice([0.3, 1, 3]))
                wrong = rng.random() < 0.1
                case.found(image, near, rng.integers(0, steps + 1) / steps,
                           int(rng.choice(categories)) if wrong else category,
                           segmentation(size, moved(near, 1), [k if k != "star" else "blob"
                                                               for k in kinds]))
                if rng.random() < 0.1:
                    case.detections.append(list(case.detections[-1]))  # the same twice
        for _ in range(rng.choice([0, 0, 1, 3])):
            box = some_box(size, low, high)
            case.found(image, box, rng.integers(0, steps + 1) / steps, int(rng.choice(categories)),
                       segmentation(size, box, ["none", "blob"]))
    return case


def edge_cases():
    def case(name, most=100, images=1):
        result = Case(name, most)
        for image in range(images, 0, -1):
            result.image(image, 40, 50)
        cases.append(result)
        return result

    cases = []
    case("nothing at all")
    c = case("no detection")
    c.mass(1, [5, 5, 10, 10])
    c = case("no truth")
    c.found(1, [5, 5, 10, 10], 0.5)
    c = case("a crowd alone")
    c.mass(1, [5, 5, 20, 20], crowd=1)
    c.found(1, [5, 5, 10, 10], 0.5)
    c = case("a crowd swallows many")
    c.mass(1, [0, 0, 20, 20], crowd=1)
    c.mass(1, [30, 10, 10, 10])
    for i in range(5):
        c.found(1, [2 * i, 3, 8, 8], 0.9 - i / 10)
    c.found(1, [30, 10, 10, 10], 0.2)
    c.found(1, [15, 0, 10, 10], 0.95)  # half of it
    c = case("a mass before a crowd that overlaps more")
    c.mass(1, [0, 0, 40, 40], crowd=1)
    c.mass(1, [10, 10, 10, 10])
    c.found(1, [10, 10, 10, 13], 0.9)
    c.found(1, [10, 10, 10, 12], 0.8)
    c = case("a crowd of another category")
    c.mass(1, [0, 0, 40, 40], 2, crowd=1)
    c.mass(1, [10, 10, 10, 10], 1)
    c.found(1, [1, 1, 6, 6], 0.9, 1)
    c.found(1, [10, 10, 10, 10], 0.8, 1)
    c = case("duplicates")
    c.mass(1, [10, 10, 10, 10])
    for i in range(4):
        c.found(1, [10, 10, 10, 10 + i], 0.9 - i / 10)
    c = case("the same detection four times with one score")
    c.mass(1, [10, 10, 10, 10])
    for _ in range(4):
        c.found(1, [10, 10, 10, 10], 0.5)
    c = case("overlaps on the thresholds")
    for i in range(10):
        c.mass(1, [0, 4 * i, 20, 4])
        c.found(1, [0, 4 * i, 10 + i, 4], 0.9 - i / 20)
    c = case("thresholds by cutting the other side")
    for i in range(10):
        c.mass(1, [0, 4 * i, 10 + i, 4])
        c.found(1, [0, 4 * i, 20, 4], 0.4 + i / 20)
    c = case("two masses overlapped alike")
    c.mass(1, [0, 0, 10, 10])
    c.mass(1, [4, 0, 10, 10])
    c.found(1, [2, 0, 10, 10], 0.9)
    c.found(1, [5, 0, 10, 10], 0.8)
    c = case("one lesion twice")
    c.mass(1, [10, 10, 10, 10])
    c.mass(1, [10, 10, 10, 10])
    c.found(1, [10, 10, 10, 10], 0.9)
    c.found(1, [10, 10, 10, 9], 0.8)
    c.found(1, [10, 10, 10, 8], 0.7)
    c = case("more than fit", most=2)
    c.mass(1, [10, 10, 10, 10])
    c.found(1, [0, 0, 10, 10], 0.9)
    c.found(1, [30, 10, 10, 10], 0.8)
    c.found(1, [10, 10, 10, 10], 0.7)
    c = case("more than fit, with one score", most=2)
    c.mass(1, [10, 10, 10, 10])
    for x in (8, 9, 10, 11):
        c.found(1, [x, 10, 10, 10], 0.5)
    c = case("boxes of no area")
    c.mass(1, [10, 10, 10, 10])
    c.found(1, [10, 10, 0, 10], 0.9)
    c.found(1, [12, 12, 3, 0], 0.8)
    c.found(1, [15, 15, 0, 0], 0.7)
    c.found(1, [10, 10, 10, 10], 0.6)
    c = case("a crowd and boxes of no area")
    c.mass(1, [10, 10, 10, 10], crowd=1)
    c.mass(1, [30, 10, 10, 10])
    c.found(1, [10, 10, 0, 10], 0.9)
    c.found(1, [30, 10, 10, 10], 0.6)
    c = case("a mask with a hole, found without it")
    c.mass(1, [5, 5, 30, 30], shape=encode(blob([40, 50], [5, 5, 30, 30], True))["counts"].decode())
    c.found(1, [5, 5, 30, 30], 0.9, shape=encode(blob([40, 50], [5, 5, 30, 30]))["counts"].decode())
    c = case("boxes agree, masks do not")
    left, right = np.zeros((40, 50)), np.zeros((40, 50))
    left[10:20, 10:20], right[10:20, 20:30] = 1, 1
    c.mass(1, [10, 10, 20, 10], shape=encode(left)["counts"].decode())
    c.found(1, [10, 10, 20, 10], 0.9, shape=encode(right)["counts"].decode())
    c = case("masks agree, boxes do not")
    c.mass(1, [10, 10, 10, 10], shape=encode(left)["counts"].decode())
    c.found(1, [30, 20, 10, 10], 0.9, shape=encode(left)["counts"].decode())
    c = case("masks without a pixel")
    empty = encode(np.zeros((40, 50)))["counts"].decode()
    c.mass(1, [10, 10, 10, 10], shape=encode(left)["counts"].decode())
    c.mass(1, [30, 10, 10, 10], shape=empty)
    c.found(1, [10, 10, 10, 10], 0.9, shape=empty)
    c.found(1, [30, 10, 10, 10], 0.8, shape=empty)
    c = case("ties across images", images=6)
    for image in range(1, 7):
        c.mass(image, [10, 10, 10, 10])
        c.found(image, [10, 10, 10, 10] if image % 2 else [0, 0, 5, 5], 0.5)
        c.found(image, [20, 10, 10, 10] if image % 2 else [10, 10, 10, 9], 0.25)
    c = case("a category without masses", images=2)
    c.mass(1, [10, 10, 10, 10], 3)
    c.found(1, [10, 10, 10, 9], 0.5, 3)
    c.found(2, [10, 10, 10, 9], 0.9, 8)
    c = case("a hundred and one masses", images=101)  # recalls on COCO's recall points, and beside
    for image in range(1, 102):
        c.mass(image, [10, 10, 10, 10])
        if image % 5:
            c.found(image, [10, 10, 10, 10 - image % 6], round(1 - image / 128, 6))
        if image % 3 == 0:
            c.found(image, [30, 20, 10, 10], round(1 - image / 100, 6))
    c = case("a hundred masses", images=100)
    for image in range(1, 101):
        c.mass(image, [10, 10, 10, 10])
        c.found(image, [10, 10, 10, 10 - image % 6], round(1 - image / 128, 6))
        if image % 7 == 0:
            c.found(image, [30, 20, 10, 10], round(1 - image / 120, 6))
    c = Case("sizes on the borders")  # 32^2 and 96^2 px belong to both sides
    c.image(1, 120, 150)
    c.image(2, 120, 150)
    c.mass(1, [0, 0, 32, 32])
    c.mass(1, [50, 10, 96, 96])
    c.mass(2, [10, 10, 20, 20])
    c.found(1, [0, 0, 32, 32], 0.9)
    c.found(1, [50, 10, 90, 96], 0.8)
    c.found(2, [60, 60, 32, 32], 0.7)
    c.found(2, [10, 10, 20, 19], 0.6)
    c.found(2, [20, 20, 96, 96], 0.65)
    cases.append(c)
    return cases


def rle(shape, box, size):
    if shape is None:
        shape = rectangle(box)
    if isinstance(shape, str):
        return {"size": size, "counts": shape.encode()}
    return coco_mask.merge(coco_mask.frPyObjects(shape, *size))


def truth_of(case):
    annotations = []
    for id, image, category, box, shape, crowd in case.truth:
        runs = rle(shape, box, case.size(image))
        annotations.append({"id": id, "image_id": image, "category_id": category, "bbox": box,
                            "iscrowd": crowd, "segmentation": runs,
                            "area": float(coco_mask.area(runs))})
    categories = sorted({a["category_id"] for a in annotations} |
                        {d[1] for d in case.detections})
    coco = COCO()
    coco.dataset = {"images": [{"id": i, "height": h, "width": w} for i, h, w in case.images],
                    "categories": [{"id": c, "name": str(c)} for c in categories],
                    "annotations": annotations}
    coco.createIndex()
    return coco


def results_of(case, truth):
    if not case.detections:
        empty = COCO()
        empty.dataset = dict(truth.dataset, annotations=[])
        empty.createIndex()
        return empty
    results = []
    for image, category, box, score, shape in case.detections:
        result = {"image_id": image, "category_id": category, "bbox": list(box), "score": score}
        if shape is not None:
            result["segmentation"] = rle(shape, box, case.size(image))
        results.append(result)
    return truth.loadRes(results)


def figures(case, kind):
    truth = truth_of(case)
    run = COCOeval(truth, results_of(case, truth), kind)
    run.params.maxDets = [case.most]
    run.evaluate()
    run.accumulate()
    precision = run.eval["precision"][..., 0]  # [threshold][recall][category][area]
    recall = run.eval["recall"][..., 0]        # [threshold][category][area]

    def mean(values):
        values = values[values > -1]
        return float(values.mean()) if values.size else None

    categories = []
    for k, id in enumerate(run.params.catIds):
        if precision.size == 0 or (precision[:, :, k, 0] == -1).all():
            continue
        rows = [[mean(precision[:, :, k, a]), mean(precision[0, :, k, a]),
                 mean(precision[5, :, k, a]), mean(recall[:, k, a])] for a in range(4)]
        categories.append([int(id), rows])
    return {"precision": [mean(precision[t, :, :, 0]) for t in range(10)],
            "recall": [mean(recall[t, :, 0]) for t in range(10)],
            "areas": [[mean(precision[..., a]), mean(recall[..., a])] for a in range(4)],
            "categories": categories}


def overlaps():
    boxes, masks = [], []
    for i in range(12):
        size = [48, 56]
        found = [some_box(size, 1, 45) for _ in range(6)] + [[5, 5, 0, 9]]
        regions = [moved(b, 3) for b in found[:4]] + [some_box(size, 5, 40), [4, 4, 30, 0]]
        crowd = [int(rng.random() < 0.4) for _ in regions]
        boxes.append({"detections": found, "regions": regions, "crowd": crowd,
                      "iou": coco_mask.iou(found, regions, crowd).tolist()})
        shapes = [[encode(blob(size, b, rng.random() < 0.4))["counts"].decode() for b in group]
                  for group in (found[:6], regions[:5])]
        shapes[0].append(encode(np.zeros(size))["counts"].decode())
        shapes[1].append(encode(np.ones(size))["counts"].decode())
        runs = [[{"size": size, "counts": s.encode()} for s in group] for group in shapes]
        masks.append({"size": size, "detections": shapes[0], "regions": shapes[1], "crowd": crowd,
                      "iou": coco_mask.iou(runs[0], runs[1], crowd).tolist()})
    return {"boxes": boxes, "masks": masks}


def main():
    cases = edge_cases() + [random_case(i) for i in range(220)]
    lines = []
    for case in cases:
        case.in_order()
        with contextlib.redirect_stdout(io.StringIO()):
            found = {name: figures(case, kind) for name, kind in (("boxes", "bbox"),
                                                                  ("masks", "segm"))}
        lines.append(json.dumps({"name": case.name, "max_detections": case.most,
                                 "images": case.images, "truth": case.truth,
                                 "detections": case.detections, **found}, separators=(",", ":")))
    text = '{"cases":[\n' + ",\n".join(lines) + '\n],\n"overlaps":'
    text += json.dumps(overlaps(), separators=(",", ":")) + "}\n"
    pathlib.Path(__file__).with_name("coco_ap.json").write_text(text)


if __name__ == "__main__":
    main()
