"""Makes intervals.json: BCa and Wilson intervals, Holm's correction, the normal distribution.

pip install numpy scipy statsmodels && python make_intervals.py

BCa: scipy's own steps behind scipy.stats.bootstrap(method="BCa"), for given resamples; its bounds
are percentiles by numpy's default rule.
"""

import json
import os

import numpy as np
import scipy
import statsmodels
from scipy.stats import norm
from scipy.stats._resampling import _bca_interval
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint


def bca(rng):
    cases = []
    for values, level in [(rng.exponential(size=25), 0.95), (rng.normal(size=60), 0.9),
                          ((rng.random(40) < 0.8).astype(float), 0.95)]:
        n, count = len(values), 400
        resampled = values[rng.integers(0, n, (count, n))].mean(axis=1)
        alpha = (1 - level) / 2
        bounds = _bca_interval((values,), lambda x, axis: np.mean(x, axis=axis), -1, alpha,
                                  resampled, None, np)[:2]
        low, high = np.percentile(resampled, [100 * share for share in bounds])
        jackknife = [np.delete(values, i).mean() for i in range(n)]
        cases.append({"value": values.mean(), "resamples": resampled.tolist(),
                      "jackknife": jackknife, "level": level, "low": low, "high": high})
    return cases


def wilson():
    cases = []
    for hits, trials, level in [(0, 12, 0.95), (7, 12, 0.95), (12, 12, 0.95), (106, 116, 0.95),
                                (3, 1000, 0.99)]:
        low, high = proportion_confint(hits, trials, 1 - level, "wilson")
        cases.append({"hits": hits, "trials": trials, "level": level, "low": low, "high": high})
    return cases


def holm(rng):
    lists = [[0.01, 0.04, 0.03, 0.005], [0.5], rng.random(12).tolist(), [0.02, 0.02, 0.9]]
    return [{"p": p, "adjusted": multipletests(p, method="holm")[1].tolist()} for p in lists]


def normal():
    shares = [1e-300, 1e-10, 0.001, 0.025, 0.3, 0.5, 0.77, 0.975, 1 - 1e-12]
    z = [-8.0, -2.5, -0.1, 0.0, 1.5, 5.0]
    return {"shares": shares, "quantiles": norm.ppf(shares).tolist(), "z": z,
            "cdf": norm.cdf(z).tolist()}


def main():
    rng = np.random.default_rng(4)
    golden = {"made_with": {"scipy": scipy.__version__, "statsmodels": statsmodels.__version__},
              "bca": bca(rng), "wilson": wilson(), "holm": holm(rng), "normal": normal()}
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "intervals.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(golden, file)
        file.write("\n")


main()
