"""Makes calibration.json: isotonic and Platt fits and expected calibration errors.

pip install numpy scikit-learn && python make_calibration.py
"""

import json
import os

import numpy as np
import sklearn
from sklearn.calibration import _SigmoidCalibration, calibration_curve
from sklearn.isotonic import IsotonicRegression


def case(rng, count, step):
    truth = rng.random(count)
    scores = np.clip(truth ** 2 + rng.normal(scale=0.05, size=count), 0, 1)
    scores = np.round(scores / step) * step
    labels = rng.random(count) < truth
    probes = np.linspace(-0.2, 1.2, 29)
    isotonic = IsotonicRegression(out_of_bounds="clip").fit(scores, labels)
    platt = _SigmoidCalibration().fit(scores, labels)
    shares, means = calibration_curve(labels, scores, n_bins=10)
    counts = np.histogram(scores, bins=np.linspace(0, 1 + 1e-8, 11))[0]
    error = (counts[counts > 0] * np.abs(shares - means)).sum() / count
    return {"scores": scores.tolist(), "labels": labels.tolist(), "probes": probes.tolist(),
            "isotonic": isotonic.predict(probes).tolist(),
            "platt": platt.predict(probes).tolist(), "expected_error": error}


def main():
    rng = np.random.default_rng(9)
    golden = {"made_with": {"scikit-learn": sklearn.__version__},
              "cases": [case(rng, 40, 1e-6), case(rng, 200, 0.05), case(rng, 12, 0.1)]}
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "calibration.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(golden, file)
        file.write("\n")


main()
