"""Fixture of eighth-precision.test.ts: every number of PyTorch's two types of 8 bits, by bit pattern; what is no finite number as text.

    .peers/bin/python tooling/oracles/model/float8.py
"""
import json
import math

import torch

from tiny_models import OUT

patterns = torch.arange(256, dtype=torch.uint8)
numbers = {
    name: [x if math.isfinite(x) else str(x) for x in patterns.view(dtype).float().tolist()]
    for name, dtype in (("F8_E4M3", torch.float8_e4m3fn), ("F8_E5M2", torch.float8_e5m2))
}
(OUT / "float8.json").write_text(json.dumps(numbers) + "\n")
