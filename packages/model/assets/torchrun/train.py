"""Goes on with a training run of @llm/model under torchrun: data parallel, or with FSDP where a model does not
fit one device. `torchrun --nproc-per-node 8 train.py [--fsdp]`; see README.md beside it.

Batch, order of data, learning rate, clipping and optimizer are those of state.json, whatever the number of
processes: each takes its share of the rows of every batch. Checkpoints go to checkpoints/ in the same layout,
and a run that is started again goes on from the newest.
"""

import argparse
import json
import math
import os
import time
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from torch.nn.functional import cross_entropy
from torch.nn.parallel import DistributedDataParallel
from transformers import AutoModelForCausalLM

import checkpoint
from feed import Feed, TokenShards
from optimizers import Optimizers, whole


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, help="train up to this step (default: that of state.json)")
    parser.add_argument("--fsdp", action="store_true", help="shard parameters, gradients and moments")
    parser.add_argument("--backend", choices=["nccl", "gloo"], help="default: nccl where there are GPUs")
    parser.add_argument("--rows-at-once", type=int, help="rows of one process that pass the model at once")
    parser.add_argument("--save-every", type=int, help="steps between checkpoints")
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--keep", type=int, default=2, help="checkpoints that stay (default 2; 0: all)")
    return parser.parse_args()


def learning_rate(schedule, step):
    """Of step `step`, counted from 0."""
    peak, steps, warm_up = schedule["peak"], schedule["steps"], schedule["warmUpSteps"]
    if step < warm_up:
        return peak * (step + 1) / warm_up
    if schedule["shape"] == "constant":
        return peak
    cosine = schedule["shape"] == "cosine"
    fall = math.floor(steps * (1 - schedule["warmDownShare"]) + 0.5)
    start = warm_up if cosine else max(warm_up, fall)
    progress = min(1, max(0, (step - start) / max(1, steps - 1 - start)))
    share = (1 + math.cos(math.pi * progress)) / 2 if cosine else 1 - progress
    return peak * (schedule["finalShare"] + (1 - schedule["finalShare"]) * share)


def separation(segments):
    """Attention within a document alone: mask [rows, 1, columns, columns] and positions [rows, columns]."""
    rows, columns = segments.shape
    same = segments[:, :, None] == segments[:, None, :]
    causal = torch.ones(columns, columns, dtype=torch.bool, device=segments.device).tril()
    mask = torch.zeros(rows, 1, columns, columns, device=segments.device)
    mask.masked_fill_(~(same & causal)[:, None], torch.finfo(torch.float32).min)
    return {"attention_mask": mask, "position_ids": (same & causal).sum(-1) - 1}


def distribute(model, fsdp, device):
    """The model as it is called, and a context for backward passes whose gradients are not yet exchanged."""
    if not fsdp:
        parallel = DistributedDataParallel(model, device_ids=[device] if device.type == "cuda" else None)
        return parallel, parallel.no_sync
    from torch.distributed.fsdp import fully_shard

    layers = set(model._no_split_modules or ())
    for module in model.modules():
        if type(module).__name__ in layers:
            fully_shard(module)
    fully_shard(model)
    return model, nullcontext


def main():
    options = arguments()
    root = Path(__file__).resolve().parent
    backend = options.backend or ("nccl" if torch.cuda.is_available() else "gloo")
    device = torch.device("cpu")
    if backend == "nccl":
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    dist.init_process_group(backend)
    rank, world = dist.get_rank(), dist.get_world_size()

    folder = checkpoint.newest(root)
    state, moments = checkpoint.read(folder)
    feed = Feed(TokenShards(root / "tokens"), state["feed"], state["position"])
    if feed.rows % world != 0:
        raise SystemExit(f"a batch of {feed.rows} rows cannot be shared equally by {world} processes")
    share = range(rank * feed.rows // world, (rank + 1) * feed.rows // world)
    at_once = options.rows_at_once or state["rowsAtOnce"] or len(share)
    save_every = options.save_every or state["saveEvery"]
    steps = state["steps"] if options.steps is None else options.steps

    model = AutoModelForCausalLM.from_pretrained(folder / "model").float().to(device).train()
    called, unsynchronized = distribute(model, options.fsdp, device)
    parameters = dict(model.named_parameters())
    optimizers = Optimizers(state["optimizer"], parameters, moments, state["stepsTaken"])
    del moments
    autocast = torch.autocast(device.type, torch.bfloat16, enabled=options.precision == "bfloat16")

    def save():
        weights = {name: whole(parameter.detach()).cpu() for name, parameter in parameters.items()}
        moments = optimizers.moments()
        if rank == 0:
            print(f"saved {checkpoint.write(root, state, weights, moments)}", flush=True)
            checkpoint.keep_newest(root, options.keep)
        dist.barrier()

    while state["stepsTaken"] < steps:
        started = time.monotonic()
        step = state["stepsTaken"]
        *arrays, normalizer = feed.next(share)
        inputs, targets, weights, segments = (torch.from_numpy(np.ascontiguousarray(it)).to(device) for it in arrays)
        total = torch.zeros((), dtype=torch.float64, device=device)
        for first in range(0, len(share), at_once):
            rows = slice(first, first + at_once)
            extra = separation(segments[rows]) if state["feed"]["separateDocuments"] else {}
            with unsynchronized() if first + at_once < len(share) else nullcontext():
                with autocast:
                    logits = called(input_ids=inputs[rows], use_cache=False, **extra).logits
                losses = cross_entropy(logits.float().flatten(0, 1), targets[rows].flatten(), reduction="none")
                loss = (losses * weights[rows].flatten()).sum() / normalizer
                # The mean over processes is taken of gradients; the loss is a sum over all rows.
                (loss * world).backward()
            total += loss.detach()
        dist.all_reduce(total)
        rate = learning_rate(state["schedule"], step)
        loss = float(total)
        norm = optimizers.step(rate) if math.isfinite(loss) else math.nan
        if not (math.isfinite(loss) and math.isfinite(norm)):
            raise SystemExit(f"step {step + 1}: the loss is {loss}, the gradient norm {norm}; nothing was changed")
        state["stepsTaken"], state["position"] = step + 1, feed.position
        if rank == 0:
            seconds = time.monotonic() - started
            line = {"step": step + 1, "loss": loss, "grad_norm": norm, "learning_rate": rate}
            line |= {"tokens_per_second": feed.rows * feed.columns / seconds}
            with open(root / "metrics.jsonl", "a") as log:
                log.write(json.dumps(line) + "\n")
            print(json.dumps(line), flush=True)
        if (step + 1) % save_every == 0 or step + 1 == steps:
            save()
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
