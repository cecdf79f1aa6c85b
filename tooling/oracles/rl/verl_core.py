"""Records what verl's core_algos.py computes on given tensors: GAE, PPO with dual clip, GSPO, CISPO, value loss, KL.

    pip download --no-deps --no-binary :all: verl==0.9.1 && tar xzf verl-0.9.1.tar.gz
    python tooling/oracles/rl/verl_core.py verl-0.9.1 > packages/rl/src/policy/fixtures/verl-core.json

Needs torch alone: the modules that core_algos.py imports for its configuration are stood in for, the functions
of its own that it needs (`verl.utils.torch_functional`) are written out. Read by verl-core.test.ts.
"""
import importlib.util
import json
import sys
import types
from collections import defaultdict
from types import SimpleNamespace

import numpy as np
import torch


def masked_sum(values, mask, axis=None):
    valid = torch.where(mask.bool(), values, 0.0)
    return (valid * mask).sum(axis=axis)


def masked_mean(values, mask, axis=None):
    return masked_sum(values, mask, axis) / (mask.sum(axis=axis) + 1e-8)


def masked_whiten(values, mask, shift_mean=True):
    mean = masked_mean(values, mask)
    count = mask.sum()
    variance = masked_mean((values - mean) ** 2, mask) * (count / (count - 1))
    return (values - mean) * torch.rsqrt(variance + 1e-8)


def clip_by_value(x, low, high):
    return torch.max(torch.min(x, high), low)


def stand_in(name, **members):
    module = types.ModuleType(name)
    module.__dict__.update(members)
    sys.modules[name] = module


class ActorConfig(SimpleNamespace):
    def get(self, name, default=None):
        return getattr(self, name, default)


functional = dict(masked_sum=masked_sum, masked_mean=masked_mean, masked_whiten=masked_whiten, clip_by_value=clip_by_value)
for package in ["verl", "verl.trainer"]:
    stand_in(package)
group_mean_std = None
stand_in("verl.utils", torch_functional=types.ModuleType("f"), as_torch_index=None, group_mean_std=None)
stand_in("verl.utils.torch_functional", **functional)
sys.modules["verl.utils"].torch_functional = sys.modules["verl.utils.torch_functional"]
stand_in("verl.trainer.config", AlgoConfig=type("AlgoConfig", (), {}))
stand_in("verl.utils.import_utils", deprecated=lambda *_: lambda f: f)
stand_in("verl.workers")
stand_in("verl.workers.config", ActorConfig=ActorConfig)
stand_in("omegaconf", DictConfig=dict)
sys.modules["verl"].utils = sys.modules["verl.utils"]
spec = importlib.util.spec_from_file_location("core_algos", f"{sys.argv[1]}/verl/trainer/ppo/core_algos.py")
core = importlib.util.module_from_spec(spec)
spec.loader.exec_module(core)

torch.manual_seed(5)
B, T = 4, 6
lengths = [6, 3, 4, 2]
mask = torch.tensor([[1.0 if t < n else 0.0 for t in range(T)] for n in lengths])
mask[0, 2] = mask[0, 3] = 0.0  # a tool spoke
old = -torch.rand(B, T) * 2 - 0.1
logps = old + torch.randn(B, T) * 0.5
ref = old + torch.randn(B, T) * 0.4
values = torch.randn(B, T) * 0.5
new_values = values + torch.randn(B, T) * 0.4
rewards = torch.zeros(B, T)
for row, n in enumerate(lengths):
    rewards[row, n - 1] = [1.0, 0.0, 0.5, -1.0][row]
rewards -= 0.05 * (logps - ref) * mask
token_advantages = torch.randn(B, T)

advantages, returns = core.compute_gae_advantage_return(rewards, values, mask, 0.99, 0.95)


def policy(name, options, advantages):
    p = logps.clone().requires_grad_()
    config = ActorConfig(clip_ratio=0.2, clip_ratio_low=options.get("low"), clip_ratio_high=options.get("high"),
                         clip_ratio_c=options.get("c", 1e9), global_batch_info={})
    loss, metrics = core.get_policy_loss_fn(name)(
        old_log_prob=old, log_prob=p, advantages=advantages, response_mask=mask,
        loss_agg_mode=options["agg"], config=config)
    loss.backward()
    return dict(name=name, options=options, loss=loss.item(), gradient=p.grad.flatten().tolist())


answer_advantages = torch.tensor([1.0, -0.5, 0.3, -1.2]).unsqueeze(1) * mask
v = new_values.clone().requires_grad_()
value_loss, clipfrac = core.compute_value_loss(v, returns, values, mask, 0.2)
value_loss.backward()
ids = np.array([0, 0, 1, 1])
grpo, _ = core.compute_grpo_outcome_advantage(rewards.clone() * 0 + torch.tensor([[1.0], [0.0], [0.5], [0.25]]) / T, torch.ones(B, T), ids, config=None)

round_all = lambda x: (
    round(x, 8) if isinstance(x, float) else [round_all(v) for v in x] if isinstance(x, list)
    else {k: round_all(v) for k, v in x.items()} if isinstance(x, dict) else x
)
flat = lambda t: t.detach().flatten().tolist()
print(json.dumps(round_all(dict(
    source="verl 0.9.1, trainer/ppo/core_algos.py", rows=B, columns=T, mask=[int(m) for m in flat(mask)],
    old=flat(old), logps=flat(logps), ref=flat(ref), rewards=flat(rewards), values=flat(values),
    gae=dict(discount=0.99, **{"lambda": 0.95}, advantages=flat(advantages * mask), returns=flat(returns * mask)),
    tokenAdvantages=flat(token_advantages), answerAdvantages=[1.0, -0.5, 0.3, -1.2],
    policies=[
        policy("vanilla", dict(agg="token-mean", c=3.0, tokens=True), token_advantages),
        policy("vanilla", dict(agg="token-mean", c=1.1, low=0.2, high=0.28), answer_advantages),
        policy("vanilla", dict(agg="seq-mean-token-mean"), answer_advantages),
        policy("vanilla", dict(agg="seq-mean-token-sum"), answer_advantages),
        policy("gspo", dict(agg="seq-mean-token-mean", low=0.1, high=0.15), answer_advantages),
        policy("gspo", dict(agg="token-mean", low=0.1, high=0.15), answer_advantages),
        policy("cispo", dict(agg="token-mean", low=0.2, high=0.28), answer_advantages),
    ],
    value=dict(range=0.2, new=flat(new_values), loss=value_loss.item(), clipRatio=float(clipfrac), gradient=flat(v.grad)),
    kl={name: flat(core.kl_penalty_forward(logps, ref, name)) for name in ["k1", "k2", "k3"]},
    grpo=dict(rewards=[1.0, 0.0, 0.5, 0.25], advantages=flat(grpo[:, 0])),
)), separators=(",", ":")))
