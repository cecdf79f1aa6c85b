"""Records what TRL's own GRPOTrainer and RLOOTrainer compute on given tensors: loss, gradient, metrics.

    pip install trl==1.16.0 torch
    python tooling/oracles/rl/trl_policy_losses.py > packages/rl/src/policy/fixtures/trl-policy-losses.json

The trainers' `_compute_loss` runs as it is, on a stand-in for the trainer that holds its settings and hands out
the log-probabilities instead of running a model. Read by packages/rl/src/policy/trl-policy-losses.test.ts.
"""
import json
from collections import defaultdict
from types import SimpleNamespace

import torch
import trl
from trl import GRPOConfig, GRPOTrainer, RLOOTrainer

torch.manual_seed(7)
B, T = 6, 5
lengths = [5, 2, 4, 1, 3, 5]
mask = torch.tensor([[1 if t < n else 0 for t in range(T)] for n in lengths])
mask[2, 1] = 0  # a tool spoke
old = -torch.rand(B, T) * 2 - 0.2
logps = old + torch.randn(B, T) * 0.25
ref = old + torch.randn(B, T) * 0.3
entropies = torch.rand(B, T) + 0.3
advantages = torch.tensor([1.2, -0.7, 0.4, -1.5, 0.9, -0.3])
max_length = 8


class Accelerator:
    num_processes = 1
    sync_gradients = True

    def gather(self, x):
        return x

    def reduce(self, x, reduction):
        return x


def stand_in(options, completion_mask):
    args = SimpleNamespace(
        delta=options.get("delta"),
        use_bias_correction_kl=options.get("use_bias_correction_kl", True),
        steps_per_generation=1,
    )
    values = dict(
        args=args,
        accelerator=Accelerator(),
        model=SimpleNamespace(training=True),
        beta=options.get("beta", 0.0),
        epsilon_low=options.get("epsilon", 0.2),
        epsilon_high=options.get("epsilon_high", options.get("epsilon", 0.2)),
        loss_type=options["loss_type"],
        importance_sampling_level=options.get("importance_sampling_level", "token"),
        entropy_coef=options.get("entropy_coef", 0.0),
        _entropy_bonus_enabled=options.get("entropy_coef", 0.0) != 0,
        use_adaptive_entropy=False,
        aux_loss_enabled=False,
        top_entropy_quantile=1.0,
        off_policy_mask_threshold=None,
        use_vllm=False,
        vllm_importance_sampling_correction=False,
        max_completion_length=max_length,
        current_gradient_accumulation_steps=1,
        _metrics={"train": defaultdict(list)},
    )
    if "importance_ratio" in options:
        values |= dict(use_vllm=True, vllm_importance_sampling_correction=True)
    return SimpleNamespace(**values)


def grpo(options, completion_mask=mask):
    p = logps.clone().requires_grad_()
    h = entropies.clone().requires_grad_()
    me = stand_in(options, completion_mask)
    me._get_per_token_logps_and_entropies = lambda *a, **k: (p, h, None)
    inputs = dict(
        prompt_ids=torch.zeros(B, 1, dtype=torch.long),
        prompt_mask=torch.ones(B, 1, dtype=torch.long),
        completion_ids=torch.zeros(B, T, dtype=torch.long),
        completion_mask=completion_mask,
        advantages=advantages,
        old_per_token_logps=old,
        ref_per_token_logps=ref,
        num_items_in_batch=completion_mask.sum(),
    )
    if "importance_ratio" in options:
        inputs["importance_sampling_ratio"] = torch.tensor(options["importance_ratio"])
    loss = GRPOTrainer._compute_loss(me, None, inputs)
    loss.backward()
    metrics = {k: v[-1] for k, v in me._metrics["train"].items()}
    return dict(loss=loss.item(), gradient=p.grad.flatten().tolist(), metrics=metrics)


def rloo(options):
    p = logps.clone().requires_grad_()
    me = stand_in({"loss_type": "rloo", **options}, mask)
    me._get_per_token_logps_and_entropies = lambda *a, **k: (p, entropies, None)
    inputs = dict(
        prompt_ids=torch.zeros(B, 1, dtype=torch.long),
        prompt_mask=torch.ones(B, 1, dtype=torch.long),
        completion_ids=torch.zeros(B, T, dtype=torch.long),
        completion_mask=mask,
        advantages=advantages,
        old_logps=(old * mask).sum(1),
    )
    loss = RLOOTrainer._compute_loss(me, None, inputs)
    loss.backward()
    metrics = {k: v[-1] for k, v in me._metrics["train"].items()}
    return dict(loss=loss.item(), gradient=p.grad.flatten().tolist(), metrics=metrics)


truncated = mask.clone()
truncated[0] = 0  # cut off, under mask_truncated_completions
truncated[5] = 0
cases = []
for loss_type in ["grpo", "bnpo", "dapo", "dr_grpo"]:
    cases.append(dict(loss_type=loss_type))
    cases.append(dict(loss_type=loss_type, beta=0.04, epsilon_high=0.28))
    cases.append(dict(loss_type=loss_type, beta=0.04, use_bias_correction_kl=False))
    cases.append(dict(loss_type=loss_type, importance_sampling_level="sequence", epsilon=0.05, beta=0.1))
    cases.append(dict(loss_type=loss_type, entropy_coef=0.01))
    cases.append(dict(loss_type=loss_type, mask_truncated=True, beta=0.04))
cases.append(dict(loss_type="dapo", delta=1.1))
cases.append(dict(loss_type="cispo", epsilon_high=1.1))
cases.append(dict(loss_type="cispo", epsilon_high=5.0, beta=0.05))
ratio = (0.6 + torch.rand(B, T) * 0.9).tolist()
results = []
for options in cases:
    outcome = grpo(options, truncated if options.get("mask_truncated") else mask)
    results.append(dict(options=options, **outcome))
outcome = grpo(dict(loss_type="dapo", beta=0.04, importance_ratio=ratio))
results.append(dict(options=dict(loss_type="dapo", beta=0.04, importance_ratio=ratio), **outcome))
results.append(dict(options=dict(loss_type="rloo", epsilon=0.2), **rloo({})))

round_all = lambda x: (
    round(x, 8) if isinstance(x, float) else [round_all(v) for v in x] if isinstance(x, list)
    else {k: round_all(v) for k, v in x.items()} if isinstance(x, dict) else x
)
print(json.dumps(round_all(dict(
    source=f"trl {trl.__version__}, GRPOTrainer._compute_loss and RLOOTrainer._compute_loss",
    maxLength=max_length,
    rows=B,
    columns=T,
    mask=mask.flatten().tolist(),
    truncated=[0, 5],
    advantages=advantages.tolist(),
    old=old.flatten().tolist(),
    logps=logps.flatten().tolist(),
    ref=ref.flatten().tolist(),
    entropies=entropies.flatten().tolist(),
    cases=results,
)), separators=(",", ":")))
