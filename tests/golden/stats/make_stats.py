"""Makes stats.json: quantiles, intervals, AUCs and their covariances by other people's programs.

pip install numpy scikit-learn confidenceinterval && python make_stats.py
(made with numpy 2.4.6, scikit-learn 1.9.1, confidenceinterval 1.0.5)

DeLong's covariance is written out from the definition, equations 4 to 6 of the paper, pair by pair;
confidenceinterval, which computes it from midranks, has to agree.
"""

import json
import os

import numpy as np
from confidenceinterval.delong import fastDeLong
from sklearn.metrics import roc_auc_score


def quantiles(rng):
    lists = [[3.5], [2, -1], rng.normal(size=17), rng.integers(0, 4, 30), rng.exponential(size=100)]
    shares = [0, 0.025, 1 / 6, 0.25, 0.5, 0.95, 0.997, 1]
    return [{"values": np.asarray(v, float).tolist(), "shares": shares,
             "quantiles": np.quantile(np.asarray(v, float), shares).tolist()} for v in lists]


def intervals(rng):
    cases = []
    for count, level in [(50, 0.95), (201, 0.9), (7, 0.5)]:
        values = rng.normal(size=count)
        values[rng.random(count) < 0.2] = np.nan
        shares = [100 * (1 - level) / 2, 100 * (1 + level) / 2]
        low, high = np.nanpercentile(values, shares)
        values = [None if np.isnan(v) else v for v in values]
        cases.append({"values": values, "level": level, "low": low, "high": high})
    return cases


def weighted_auc(rng):
    positive = rng.random(60) < 0.4
    scores = np.round(rng.normal(size=60) + positive, 1)
    times = rng.integers(0, 4, 60)
    value = roc_auc_score(positive, scores, sample_weight=times)
    return {"scores": scores.tolist(), "positive": positive.tolist(), "times": times.tolist(),
            "auc": value}


def placements(negatives, positives):
    wins = np.array([[1.0 if p > n else 0.5 if p == n else 0.0 for n in negatives]
                     for p in positives])
    return wins.mean(axis=1), wins.mean(axis=0)


def delong(negatives, positives):
    """[scores][scores]; negatives and positives: [scores][cases]."""
    pairs = [placements(n, p) for n, p in zip(negatives, positives)]
    result = np.empty((len(pairs), len(pairs)))
    for a, (v10_a, v01_a) in enumerate(pairs):
        for b, (v10_b, v01_b) in enumerate(pairs):
            s10 = ((v10_a - v10_a.mean()) * (v10_b - v10_b.mean())).sum() / (len(v10_a) - 1)
            s01 = ((v01_a - v01_a.mean()) * (v01_b - v01_b.mean())).sum() / (len(v01_a) - 1)
            result[a, b] = s10 / len(v10_a) + s01 / len(v01_a)
    return result


def correlated(rng, count, shifts, step):
    case = rng.normal(size=count)
    scores = [case + rng.normal(size=count) + shift for shift in shifts]
    return [(np.round(s / step) * step).tolist() for s in scores]


def delong_case(rng, m, n, step):
    positives = correlated(rng, m, [0.3, 1.0, 1.8], step)
    negatives = correlated(rng, n, [0, 0, 0], step)
    covariance = delong(negatives, positives)
    labels = [1] * m + [0] * n
    auc = [roc_auc_score(labels, p + q) for p, q in zip(positives, negatives)]
    aucs, theirs = fastDeLong(np.hstack([positives, negatives]), m, None)
    np.testing.assert_allclose(covariance, theirs, rtol=1e-5)  # it rounds to float32
    np.testing.assert_allclose(auc, aucs, rtol=1e-5)
    return {"negatives": negatives, "positives": positives, "auc": auc,
            "covariance": covariance.tolist()}


def main():
    rng = np.random.default_rng(18)
    golden = {"quantiles": quantiles(rng), "intervals": intervals(rng),
              "weighted_auc": weighted_auc(rng),
              "delong": [delong_case(rng, 23, 31, 0.5), delong_case(rng, 40, 12, 0.0625)]}
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "stats.json"), "w") as file:
        json.dump(golden, file, indent=None, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
