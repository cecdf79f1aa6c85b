"""Fixture of packages/model/src/gguf/blocks/quantize.test.ts: the root mean square error that llama.cpp's reference
quantisers leave on rows that both sides compute, by type.

    pip install gguf && tooling/oracles/install-llama-cpp.sh && python tooling/oracles/model/gguf_quantizers.py

The quantisers are those of llama.cpp's ggml library (`quantize_row_q4_K_ref` …), which node-llama-cpp brings along.
"""
import ctypes
import glob
import json
import pathlib

import numpy as np
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType as T
from gguf.quants import dequantize

ROOT = pathlib.Path(__file__).parents[3]
OUT = ROOT / "packages/model/src/gguf/blocks/reference-errors.json"
(path,) = glob.glob(str(ROOT / ".peers/llama-cpp/node_modules/@node-llama-cpp/*/bins/*/libggml-base.*"))
ggml = ctypes.CDLL(path)
COUNT = 256 * 256


def uniform(count, seed):
    x = (np.arange(count, dtype=np.uint64) * 2654435761 + seed * 40503) & 0xFFFFFFFF
    x = ((x ^ (x >> 15)) * 2246822519) & 0xFFFFFFFF
    x = ((x ^ (x >> 13)) * 3266489917) & 0xFFFFFFFF
    return (x ^ (x >> 16)).astype(np.float64) / 2**32


# Nearly normal, and with a heavy tail: 1/4 of the numbers are three times as far out.
bell = uniform(COUNT, 1) + uniform(COUNT, 2) + uniform(COUNT, 3) + uniform(COUNT, 4) - 2
rows = {
    "bell": (bell * 0.05).astype(np.float32),
    "tail": (bell * np.where(uniform(COUNT, 5) < 0.25, 0.15, 0.05)).astype(np.float32),
}

errors = {}
for shape, values in rows.items():
    for name, function in {"Q8_0": "q8_0", "Q4_0": "q4_0", "Q5_0": "q5_0", "Q4_K": "q4_K", "Q5_K": "q5_K", "Q6_K": "q6_K"}.items():
        elements, size = GGML_QUANT_SIZES[T[name]]
        blocks = np.zeros(COUNT // elements * size, dtype=np.uint8)
        quantize = getattr(ggml, f"quantize_row_{function}_ref")
        quantize.argtypes, quantize.restype = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64], None
        quantize(values.ctypes.data, blocks.ctypes.data, COUNT)
        found = dequantize(blocks, T[name]).reshape(-1).astype(np.float64)
        errors.setdefault(shape, {})[name] = float(f"{np.sqrt(np.mean((found - values) ** 2)):.6g}")
OUT.write_text(json.dumps(errors, indent=1) + "\n")
print(json.dumps(errors, indent=1))
