"""Writes rng.json: the numbers of core/rng.h by an independent implementation.

Plain Python 3, no packages:  python3 make_rng.py
"""

import json
import math
import os

MASK = (1 << 64) - 1


def splitmix(x):
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def fnv1a(name):
    h = 0xCBF29CE484222325
    for byte in name.encode():
        h = ((h ^ byte) * 0x100000001B3) & MASK
    return h


def rotl(x, k):
    return ((x << k) | (x >> (64 - k))) & MASK


class Rng:
    def __init__(self, seed):
        self.seed = seed
        self.s = [splitmix((seed + i * 0x9E3779B97F4A7C15) & MASK) for i in range(4)]

    def fork(self, name, index=0):
        return Rng(splitmix(splitmix(splitmix(self.seed) ^ fnv1a(name)) ^ index))

    def next(self):
        s = self.s
        result = (rotl((s[1] * 5) & MASK, 7) * 9) & MASK
        t = (s[1] << 17) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotl(s[3], 45)
        return result

    def uniform(self):
        return (self.next() >> 11) / (1 << 53)

    def normal(self):
        while True:
            x = 2 * self.uniform() - 1
            y = 2 * self.uniform() - 1
            s = x * x + y * y
            if 0 < s < 1:
                return x * math.sqrt(-2 * math.log(s) / s)

    def integer(self, n):
        while True:
            product = self.next() * n
            if (product & MASK) >= (1 << 64) % n:
                return product >> 64

    def log_uniform(self, low, high):
        a, b = math.log(low), math.log(high)
        return math.exp(a + (b - a) * self.uniform())


def draws(function, count):
    return [function() for _ in range(count)]


def shuffled(rng, n):
    items = list(range(n))
    for i in range(n, 1, -1):
        j = rng.integer(i)
        items[i - 1], items[j] = items[j], items[i - 1]
    return items


def main():
    golden = {"next": [], "fork": []}
    for seed in (0, 1, 42, MASK):
        golden["next"].append({"seed": f"{seed:016x}",
                               "values": [f"{v:016x}" for v in draws(Rng(seed).next, 8)]})
    for name, index in (("", 0), ("placement", 0), ("placement", 1), ("noise", 700)):
        rng = Rng(42).fork(name, index)
        golden["fork"].append({"name": name, "index": index,
                               "values": [f"{v:016x}" for v in draws(rng.next, 4)]})
    golden["uniform"] = draws(Rng(7).uniform, 16)
    golden["normal"] = draws(Rng(7).normal, 64)
    rng = Rng(7)
    golden["log_uniform"] = draws(lambda: rng.log_uniform(1e-3, 50), 64)
    rng = Rng(7)
    golden["integer"] = draws(lambda: rng.integer(10), 32)
    rng2 = Rng(7)  # a range that rejects a third of the draws
    golden["integer_large"] = draws(lambda: rng2.integer(3 << 61), 16)
    golden["shuffle"] = shuffled(Rng(7), 20)
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rng.json")
    with open(path, "w", encoding="ascii") as file:
        json.dump(golden, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
