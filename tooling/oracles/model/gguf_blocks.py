"""Fixture of packages/model/src/gguf/blocks: random blocks of every type that is read, and the SHA-256 of what the
gguf package of Python (`gguf.quants.dequantize`) makes of them, as float32 bits.

    pip install gguf && python tooling/oracles/model/gguf_blocks.py

The bytes are not stored: both sides compute them, byte i from a 32-bit mix of i and the type's number. The scales
of a block are half-precision numbers anywhere in them; what they make of infinities and NaN is not compared, so
exponents of 31 are made 15.
"""
import hashlib
import json
import pathlib

import numpy as np
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType as T
from gguf.quants import dequantize

OUT = pathlib.Path(__file__).parents[3] / "packages/model/src/gguf/blocks/dequantized.json"
# Where half-precision numbers stand in a block.
HALVES = {
    "F16": [0], "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "IQ4_NL": [0],
    "Q2_K": [80, 82], "Q3_K": [108], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208],
}
BLOCKS = 300


def random_bytes(count, seed):
    x = (np.arange(count, dtype=np.uint64) * 2654435761 + seed * 40503) & 0xFFFFFFFF
    x = ((x ^ (x >> 15)) * 2246822519) & 0xFFFFFFFF
    x = ((x ^ (x >> 13)) * 3266489917) & 0xFFFFFFFF
    return ((x ^ (x >> 16)) & 0xFF).astype(np.uint8)


fixture = {}
for name in ["F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL"]:
    kind = T[name]
    elements, size = GGML_QUANT_SIZES[kind]
    blocks = random_bytes(BLOCKS * size, int(kind)).reshape(BLOCKS, size)
    for at in HALVES.get(name, []):
        high = blocks[:, at + 1]
        blocks[:, at + 1] = np.where((high & 0x7C) == 0x7C, high ^ 0x40, high)
    if name in ("F32", "BF16"):
        # No infinities and NaN: the lowest bit of the exponent is in the byte before the last.
        low = blocks[:, -2]
        blocks[:, -2] = np.where((blocks[:, -1] & 0x7F) == 0x7F, low & 0x7F, low)
    values = np.ascontiguousarray(dequantize(blocks.reshape(-1), kind), dtype=np.float32).reshape(-1)
    assert np.isfinite(values).all() and values.size == BLOCKS * elements
    fixture[name] = {
        "bytes": hashlib.sha256(blocks.tobytes()).hexdigest(),
        "values": hashlib.sha256(values.tobytes()).hexdigest(),
        "first": [float(value) for value in values[:4]],
    }
OUT.write_text(json.dumps({"blocks": BLOCKS, "types": fixture}, indent=1) + "\n")
