"""Makes froc.json: random truth and detections, and their FROC by a plain second implementation.

Only Python's standard library:  python3 make_froc.py > froc.json
Boxes are xyxy. The rules are those of docs/formats.md: IoU > 0.5, by falling score to the free mass
with the largest overlap, further hits and detections in regions to ignore count neither way, ties
enter together, TPR at x is the highest whose FPPI is <= x.
"""

import json
import random


def area(b):
    return max(0, b[2] - b[0]) * max(0, b[3] - b[1])


def common(a, b):
    return area([max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])])


def iou(a, b):
    both = common(a, b)
    return both / (area(a) + area(b) - both)


def main():
    rng = random.Random(20)
    images = list(range(1, 41))
    truth, detections = [], []
    for image in images:
        for _ in range(rng.choice([0, 0, 1, 1, 2])):
            x, y, s = rng.uniform(0, 60), rng.uniform(0, 60), rng.uniform(15, 35)
            box = [x, y, x + s, y + s]
            truth.append({"image": image, "box": box, "ignore": rng.random() < 0.15})
            for _ in range(rng.choice([0, 1, 1, 2, 3])):
                jittered = [v + rng.gauss(0, 3) for v in box]
                detections.append({"image": image, "box": jittered, "score": 0})
        for _ in range(rng.randrange(5)):
            x, y, s = rng.uniform(0, 70), rng.uniform(0, 70), rng.uniform(10, 30)
            detections.append({"image": image, "box": [x, y, x + s, y + s], "score": 0})
    for n, detection in enumerate(rng.sample(detections, len(detections))):
        detection["score"] = round((n // 2) / len(detections), 4)  # ties, mostly in different images

    masses = [t for t in truth if not t["ignore"]]
    events, found = [], set()
    for d in sorted(detections, key=lambda d: -d["score"]):
        hits = [(iou(d["box"], t["box"]), k) for k, t in enumerate(masses)
                if t["image"] == d["image"] and iou(d["box"], t["box"]) > 0.5]
        free = [h for h in hits if h[1] not in found]
        if free:
            found.add(max(free)[1])
            events.append((d["score"], 1))
        elif not hits:
            inside = any(common(d["box"], t["box"]) / area(d["box"]) > 0.5
                         for t in truth if t["ignore"] and t["image"] == d["image"])
            if not inside:
                events.append((d["score"], 0))
    tpr = {}
    for limit in (0.1, 0.25, 0.5, 0.8, 1, 2, 4):
        best = 0
        for threshold in {score for score, _ in events}:
            kept = [hit for score, hit in events if score >= threshold]
            if (len(kept) - sum(kept)) / len(images) <= limit:
                best = max(best, sum(kept))
        tpr[str(limit)] = best / len(masses)
    false_positives = sum(1 - hit for _, hit in events)
    print(json.dumps({"images": images, "truth": truth, "detections": detections,
                      "masses": len(masses), "false_positives": false_positives, "tpr": tpr}))


if __name__ == "__main__":
    main()
