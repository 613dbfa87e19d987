#!/usr/bin/python3
"""The detector beside torchvision, on the same images in one run, turn by turn.

    bench/side_by_side.py WORKER OUT [--rounds 5] [--threads N] [--cases TEXT]

WORKER is build/bin/bench_worker; OUT gets image.png, models and side_by_side.json. Needs a Python with torchvision
(Debian: python3-torchvision; with libopenblas0-pthread, or its matrix products are 20 times slower). In every round
each side does each case once, so both meet the same load of the machine; a ratio is taken within a round. Printed
and written: minimum, median and maximum of seconds and ratios. The weights are random on both sides.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time

import numpy as np
import torch
import torchvision
from torchvision.models.detection import maskrcnn_resnet50_fpn

HEIGHT, WIDTH = 1024, 800

# our case: what torchvision does for it
CASES = {
    "detect-light-bf16": "detect",
    "detect-light-fp32": "detect",
    "detect-equal-cropped-bf16": "detect",
    "detect-equal-uncropped-bf16": "detect",
    "detect-equal-uncropped-fp32": "detect",
    "train-equal-bf16": "train",
    "train-equal-fp32": "train",
    "train-product-bf16": "train",
    "train-light-bf16": None,  # the other side has no such network: seconds only
    "roi-align-fp32": "roi_align",
    "roi-align-bf16": "roi_align",
}


def read_grey(path):
    """16-bit grey PNG -> [3, H, W] in [0, 1]."""
    from PIL import Image

    grey = torch.from_numpy(np.asarray(Image.open(path), dtype=np.float32) / 65535)
    return grey.expand(3, -1, -1).contiguous()


class Torchvision:
    def __init__(self, image):
        self.image = image
        torch.manual_seed(1)
        # No resizing; 1000 proposals, 100 detections with their masks.
        self.model = maskrcnn_resnet50_fpn(weights=None, weights_backbone=None, num_classes=2,
                                           min_size=WIDTH, max_size=HEIGHT)
        # Scores above its floor, as on our side: with random weights both find 100.
        self.optimizer = None

    def detect(self):
        self.model.eval()
        with torch.no_grad():
            found = self.model([read_grey(self.image)])[0]
        assert len(found["boxes"]) == 100, len(found["boxes"])

    def train(self):
        self.model.train()
        if self.optimizer is None:
            learning = [p for p in self.model.parameters() if p.requires_grad]
            self.optimizer = torch.optim.SGD(learning, lr=1e-6, momentum=0.9, weight_decay=1e-4)
        x, y = WIDTH / 3, HEIGHT / 3
        mask = torch.zeros(1, HEIGHT, WIDTH, dtype=torch.uint8)
        mask[:, HEIGHT // 3:HEIGHT // 3 + 90, WIDTH // 3:WIDTH // 3 + 80] = 1
        target = {"boxes": torch.tensor([[x, y, x + 80, y + 90]]), "labels": torch.ones(1, dtype=torch.int64),
                  "masks": mask}
        losses = self.model([torch.rand(3, HEIGHT, WIDTH)], [target])
        self.optimizer.zero_grad()
        sum(losses.values()).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 10)
        self.optimizer.step()

    def roi_align(self):
        if not hasattr(self, "features"):
            self.features = torch.rand(1, 256, 128, 100)
            center = torch.rand(1000, 2) * torch.tensor([WIDTH, HEIGHT])
            side = torch.exp(torch.rand(1000, 2) * 3 + 2)
            self.boxes = torchvision.ops.clip_boxes_to_image(
                torch.cat([center - side / 2, center + side / 2], 1), (HEIGHT, WIDTH))
        with torch.no_grad():
            torchvision.ops.roi_align(self.features, [self.boxes], 7, 1 / 8, 2)

    def run(self, what):
        start = time.perf_counter()
        getattr(self, what)()
        return time.perf_counter() - start


class Ours:
    def __init__(self, worker, folder, threads):
        # Its threads wait as the program's do (src/cli/launcher.cc).
        self.process = subprocess.Popen([worker, folder, str(threads)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env={"GOMP_SPINCOUNT": "1000", **os.environ})

    def ask(self, line):
        print(line, file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise SystemExit(f"side_by_side: {answer['error']}")
        return answer

    def run(self, case):
        return self.ask(case)["seconds"]


def spread(values):
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}


def text(numbers, digits):
    return " / ".join(f"{numbers[key]:.{digits}f}" for key in ("min", "median", "max"))


def processor():
    with open("/proc/cpuinfo") as lines:
        return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("worker")
    parser.add_argument("out")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--cases", default="", help="only cases whose name holds this text")
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    os.makedirs(options.out, exist_ok=True)
    ours = Ours(options.worker, options.out, options.threads)
    about = ours.ask("about")["runtime"]
    theirs = Torchvision(os.path.join(options.out, "image.png"))
    cases = [case for case in CASES if options.cases in case]
    result = {"runtime": about, "torchvision": torchvision.__version__, "torch": torch.__version__,
              "processor": processor(), "threads": options.threads, "rounds": options.rounds, "cases": {}}
    for what in {CASES[case] for case in cases} - {None}:
        theirs.run(what)  # warm
    print(f"{about} beside torchvision {torchvision.__version__} (fp32), {options.threads} threads, {processor()}")
    print(f"{'case':28} {'ours, s':>24} {'torchvision, s':>24} {'torchvision / ours':>24}   min / median / max")
    for case in cases:
        mine, other = [], []
        for _ in range(options.rounds):
            mine.append(ours.run(case))
            if CASES[case]:
                other.append(theirs.run(CASES[case]))
        row = {"ours_s": spread(mine)}
        columns = [text(row["ours_s"], 3)]
        if other:
            row["torchvision_s"] = spread(other)
            row["ratio"] = spread([b / a for a, b in zip(mine, other)])
            columns += [text(row["torchvision_s"], 3), text(row["ratio"], 1)]
        result["cases"][case] = row
        print(f"{case:28} " + " ".join(f"{column:>24}" for column in columns), flush=True)
    path = os.path.join(options.out, "side_by_side.json")
    with open(path + ".part", "w") as out:
        json.dump(result, out, indent=1)
    os.replace(path + ".part", path)
    print(path)


if __name__ == "__main__":
    sys.exit(main())
