"""Fixture of megatron-tokens.test.ts: the files that Megatron's own builder writes for a few documents.

    pip download --no-deps megatron-core -d DIR
    .peers/bin/python tooling/oracles/model/megatron_tokens.py DIR/megatron_core-*.whl

The one module that is needed is taken out of the wheel; what it imports beside numpy and torch is left empty.
"""
import base64
import json
import sys
import tempfile
import types
import zipfile
from pathlib import Path
from unittest.mock import MagicMock

import numpy
import torch

from tiny_models import OUT

for name in ("datasets.object_storage_utils", "msc_utils", "utils"):
    sys.modules[f"megatron.core.{name}"] = MagicMock()
sys.modules["megatron.core.msc_utils"].MultiStorageClientFeature.is_enabled.return_value = False
source = zipfile.ZipFile(sys.argv[1]).read("megatron/core/datasets/indexed_dataset.py")
megatron = types.ModuleType("indexed_dataset")
exec(source, megatron.__dict__)

BOS = 7
documents = [[1, 2, 3], [4], [256, 65535 % 300, 0, 9], [5, 6]]
cases = {}
for name, dtype in (("uint16", numpy.uint16), ("int32", numpy.int32)):
    with tempfile.TemporaryDirectory() as directory:
        prefix = f"{directory}/tokens"
        builder = megatron.IndexedDatasetBuilder(f"{prefix}.bin", dtype=dtype)
        for document in documents:
            builder.add_item(torch.tensor([BOS, *document], dtype=torch.int64))
            builder.end_document()
        builder.finalize(f"{prefix}.idx")
        cases[name] = {
            part: base64.b64encode(Path(f"{prefix}.{part}").read_bytes()).decode() for part in ("bin", "idx")
        }
fixture = {"bosToken": BOS, "documents": documents, "files": cases}
(OUT / "megatron-tokens.json").write_text(json.dumps(fixture) + "\n")
