"""Records ratings that choix fits to given votes, and their intervals from its second derivatives.

    pip install choix==0.4.1 numpy scipy
    python tooling/oracles/rl/choix_ratings.py > packages/rl/src/evaluation/fixtures/choix-ratings.json

choix knows no ties and penalises by alpha * sum(s^2): every vote is given to it twice, a vote for neither once
each way, and the penalty of a normal prior of `prior` points twice. Read by fit-ratings.test.ts.
"""
import json
import math

import choix
import numpy as np
from choix.opt import PairwiseFcts

POINTS = 400 / math.log(10)
rng = np.random.default_rng(7)


def case(prior, votes, n):
    data = []
    for first, second, winner in votes:
        data += [(first, second), (first, second)] if winner == "first" else []
        data += [(second, first), (second, first)] if winner == "second" else []
        data += [(first, second), (second, first)] if winner == "neither" else []
    alpha = 2 * 0.5 * (POINTS / prior) ** 2
    found = choix.opt_pairwise(n, data, alpha=alpha, method="Newton-CG", tol=1e-12)
    curvature = PairwiseFcts(data, alpha).hessian(found) / 2
    project = np.eye(n) - 1 / n
    covariance = project @ np.linalg.inv(curvature) @ project
    half = 1.959964 * POINTS * np.sqrt(np.diag(covariance))
    ratings = 1000 + POINTS * (found - found.mean())
    return {
        "prior": prior,
        "votes": [[f"m{a}", f"m{b}", w] for a, b, w in votes],
        "ratings": {f"m{i}": [r, r - h, r + h] for i, (r, h) in enumerate(zip(ratings, half))},
    }


def drawn(n, votes):
    rows = []
    for _ in range(votes):
        a, b = rng.choice(n, 2, replace=False)
        winner = rng.choice(["first", "second", "neither"], p=[0.45 + 0.05 * (b - a) / n, 0.35 - 0.05 * (b - a) / n, 0.2])
        rows.append((int(a), int(b), str(winner)))
    return rows


cases = [
    case(400, drawn(3, 12), 3),
    case(400, drawn(5, 60), 5),
    case(100, drawn(4, 30), 4),
    # Never beaten: finite by the prior alone.
    case(400, [(0, 1, "first")] * 20 + [(1, 2, "neither")] * 3, 3),
    case(10000, [(0, 1, "first")] * 3 + [(0, 1, "second")], 2),
]
print(json.dumps(cases))
