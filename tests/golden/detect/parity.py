"""What the makers of parity files share: weights, images, margins, and how tensors are written.

Both sides compute weights and images (src/detect/parity_testing.h has the other half), which fp32 holds exactly, and
all that follows in fp64: in fp32 rounding turns the sign of some activations, another for every processor.
"""
import json
import math
import pathlib
import struct
import sys

import torch
from torchvision.ops import box_iou
from torchvision.ops.misc import FrozenBatchNorm2d

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from noise import noise  # noqa: E402

# Decisions that fp32 may not turn: least distance of any overlap, score or level from its threshold.
MARGIN = 2e-4

torch.set_default_dtype(torch.float64)


def filler(seed, name, shape):
    """He et al. 2015 for weights; batch norms with a variance so small that epsilon matters."""
    values = noise(f"{seed}/{name}", shape)
    deviation = 0.03
    if name.endswith("running_var"):
        return deviation * deviation * (1 + 0.5 * values)
    if ".bn" in name or ".downsample.1." in name:
        return deviation * (0.6 + 0.2 * values) if name.endswith("weight") else 0.1 * values
    if name == "head.classification_head.cls_logits.bias":  # the prior, or the background drowns the rest
        return 0.1 * values - 4.6
    if len(shape) == 1:
        return 0.1 * values
    gains = {"rpn.head.bbox_pred.weight": 0.1, "roi_heads.box_predictor.cls_score.weight": 2,
             "head.regression_head.bbox_reg.weight": 0.1, "head.classification_head.cls_logits.weight": 0.3}
    return values * (gains.get(name, 1) * math.sqrt(6 / math.prod(shape[1:])))


def fill(model, case):
    for module in model.modules():
        if isinstance(module, FrozenBatchNorm2d):
            module.eps = case["bn_eps"]
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            tensor.copy_(filler(case["seed"], name, list(tensor.shape)).float())


def images(seed, count, height, width):
    """Grey in [0, 1]: squares of four sizes."""
    result = 0.5
    for side in (4, 8, 16, 32):
        coarse = noise(f"{seed}/images/{side}", [count, 1, side, side]) * 0.25
        result = result + coarse.repeat_interleave(height // side, 2).repeat_interleave(width // side, 3)
    return result.clamp(0, 1).float().double()


def normalised(grey):
    mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
    return (grey - mean) / std


class Margins:
    """The least distance of any decision from tipping over."""

    def __init__(self):
        self.least = {}

    def add(self, what, distances):
        distances = torch.as_tensor(distances).flatten()
        if distances.numel() > 0:
            self.least[what] = min(self.least.get(what, math.inf), distances.min().item())

    def nms(self, what, boxes, scores, groups, threshold, count):
        order = scores.argsort(descending=True)
        boxes, scores, groups = boxes[order], scores[order], groups[order]
        iou = box_iou(boxes, boxes) * (groups[:, None] == groups[None])
        kept = torch.zeros(len(boxes), dtype=torch.bool)
        for i in range(len(boxes)):
            against = iou[i, :i][kept[:i]]
            self.add(what + " overlap", (against - threshold).abs())
            hit = against > threshold
            self.add(what + " order", (scores[:i][kept[:i]] - scores[i])[hit])
            kept[i] = not hit.any()
        self.cut(what + " kept", scores[kept], count)

    def cut(self, what, scores, count):
        if len(scores) > count:
            top = scores.sort(descending=True).values
            self.add(what, top[count - 1] - top[count])


def significant(values):
    return [float(f"{value:.12g}") for value in values]


def summary(name, tensor):
    """Whole where it is small, else 16 samples, largest value, norm, and product with noise(name)."""
    flat = tensor.flatten()
    shape = list(tensor.shape)
    if name.endswith((".boxes", ".scores", ".labels")) or name.startswith(("loss.", "train.")):
        return {"shape": shape, "values": significant(flat.tolist())}
    index = [int(k * (flat.numel() - 1) / 15) for k in range(16)]
    return {"shape": shape, "samples": [[k, *significant([flat[k].item()])] for k in index],
            "largest": flat.abs().max().item() if flat.numel() else 0.0, "norm": flat.norm().item(),
            "product": flat.dot(noise(name, [flat.numel()])).item()}


def write_safetensors(path, tensors, dtype="F64"):
    """The format by hand: length of the header, header in JSON, the tensors' bytes."""
    header, at, data = {}, 0, []
    for name, tensor in tensors.items():
        tensor = tensor.detach().to(torch.float64 if dtype == "F64" else torch.float32)
        data.append(tensor.contiguous().numpy().tobytes())
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [at, at + len(data[-1])]}
        at += len(data[-1])
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(data))


def old_name(name):
    """torchvision before 0.13, as in its COCO files: without the ".0" of wrapped convolutions."""
    for block in ("inner_blocks", "layer_blocks"):
        for i in range(4):
            name = name.replace(f"fpn.{block}.{i}.0.", f"fpn.{block}.{i}.")
    name = name.replace("rpn.head.conv.0.0.", "rpn.head.conv.")
    for i in range(4):
        name = name.replace(f"mask_head.{i}.0.", f"mask_head.mask_fcn{i + 1}.")
        if f"_head.conv.{i}.0." in name:  # RetinaNet's towers counted their ReLUs too
            return name.replace(f"conv.{i}.0.", f"conv.{2 * i}.")
    return name


def write_models(folder, model, of_91_classes):
    """The model under every name that torchvision has given its parameters, and one with COCO's classes."""
    state = model.state_dict()
    old = {old_name(name): tensor for name, tensor in state.items()}
    assert old.keys() != state.keys()
    model.load_state_dict({name: tensor.clone() for name, tensor in old.items()})  # torchvision reads both
    write_safetensors(folder / "model.safetensors", state, "F32")
    write_safetensors(folder / "old_names.safetensors", old, "F32")
    write_safetensors(folder / "classes_91.safetensors", of_91_classes.state_dict(), "F32")


def write_golden(path, cases, run):
    for case in cases:
        case["tensors"] = {name: summary(name, tensor) for name, tensor in run(case)[2].items()}
        print(case["margins"])
        assert min(case["margins"].values()) >= MARGIN, "too close: take another seed"
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    path.write_text("[\n" + lines + "\n]\n")


def write_case(folder, name, case, run):
    """The case's tensors whole; the model that made them."""
    model, grey, tensors = run(case)
    write_safetensors(folder / f"{name}.safetensors", {"images": grey, **tensors})
    (folder / f"{name}.json").write_text(json.dumps(case))
    print(name, case["margins"])
    return model


def main(make_golden, make_folder):
    torch.set_num_threads(2)
    make_folder(pathlib.Path(sys.argv[1])) if len(sys.argv) > 1 else make_golden()
