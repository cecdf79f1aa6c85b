"""Folders of a run: model/ (Hugging Face layout), optimizer.safetensors and state.json, read and written."""

import json
import re
import shutil
from pathlib import Path

from safetensors.torch import load_file, save_file

WEIGHTS = re.compile(r"model(-\d{5}-of-\d{5})?\.safetensors(\.index\.json)?")


def newest(root):
    """The folder to go on from: the newest checkpoint, or the run as it was exported."""
    folders = sorted(path for path in (root / "checkpoints").glob("step-*") if path.suffix != ".tmp")
    return folders[-1] if folders else root


def read(folder):
    """state.json, and the optimizer's moments by name."""
    state = json.loads((folder / "state.json").read_text())
    if state["kind"] != "llm-torchrun-state" or state["version"] != 1:
        raise SystemExit(f"{folder}/state.json is not a state of version 1")
    moments = {}
    for path in sorted(folder.glob("optimizer*.safetensors")):
        moments |= load_file(path)
    return state, moments


def write(root, state, weights, moments):
    """A checkpoint beside the others; it gets its name when it is whole."""
    folder = root / "checkpoints" / f"step-{state['stepsTaken']:08d}"
    unfinished = folder.with_suffix(".tmp")
    shutil.rmtree(unfinished, ignore_errors=True)
    (unfinished / "model").mkdir(parents=True)
    for path in (root / "model").iterdir():
        if not WEIGHTS.fullmatch(path.name):
            shutil.copy(path, unfinished / "model")
    save_file(contiguous(weights), unfinished / "model" / "model.safetensors", {"format": "pt"})
    save_file(contiguous(moments), unfinished / "optimizer.safetensors", {"format": "pt"})
    (unfinished / "state.json").write_text(json.dumps(state, indent=2) + "\n")
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)
    return folder


def contiguous(tensors):
    return {name: tensor.contiguous() for name, tensor in tensors.items()}


def keep_newest(root, count):
    folders = sorted(path for path in (root / "checkpoints").glob("step-*") if path.suffix != ".tmp")
    for folder in folders[:-count] if count > 0 else []:
        shutil.rmtree(folder)
