"""Records what TRL's own trainers of preferences compute on given tensors: loss, gradient, metrics.

    pip install trl==1.16.0 torch
    python tooling/oracles/rl/trl_preference_losses.py > packages/rl/src/preferences/fixtures/trl-preference-losses.json

DPOTrainer, KTOTrainer, RewardTrainer run as they are on a stand-in for trainer and model; of CPOTrainer and
ORPOTrainer the loss functions, with the likelihood of the chosen answers' tokens added as the trainers add it.
Rows are written in pairs, chosen first. Read by packages/rl/src/preferences/trl-preference-losses.test.ts.
"""
import json
from collections import defaultdict
from types import SimpleNamespace

import torch
import trl
from trl import DPOTrainer, KTOTrainer, RewardTrainer
from trl.experimental.cpo import CPOTrainer
from trl.experimental.orpo import ORPOTrainer

torch.manual_seed(11)
PAIRS, T = 3, 5
ROWS = 2 * PAIRS
lengths = [5, 3, 2, 4, 1, 5]  # chosen, rejected, chosen, …
mask = torch.tensor([[1 if t < n else 0 for t in range(T)] for n in lengths])
logps = -torch.rand(ROWS, T) * 2 - 0.1
ref = logps + torch.randn(ROWS, T) * 0.8
values = torch.randn(ROWS)
margins = torch.tensor([0.5, 0.0, 1.25])
order = [0, 2, 4, 1, 3, 5]  # TRL: all chosen, then all rejected


class Accelerator:
    device = "cpu"

    def gather(self, x):
        return x

    gather_for_metrics = gather

    def unwrap_model(self, model):
        return model


def outputs(log_probs):
    zeros = torch.zeros_like(log_probs)
    return SimpleNamespace(log_probs=log_probs, entropy=zeros, mean_logits=zeros, is_top1=zeros.bool(), logits=None)


class Model:
    training = True

    def __init__(self, log_probs):
        self.log_probs = log_probs

    def __call__(self, **_):
        return outputs(self.log_probs)


def with_prompt(m):
    return torch.cat([torch.zeros(m.shape[0], 1, dtype=m.dtype), m], 1)


def trainer(**more):
    return SimpleNamespace(
        accelerator=Accelerator(), model=Model(None), aux_loss_enabled=False, ld_alpha=None,
        precompute_ref_logps=False, use_weighting=False, f_divergence_type="reverse_kl", _total_train_tokens=0,
        _tp_size=1, _metrics={"train": defaultdict(list)}, **more,
    )


def finish(me, p, loss):
    loss.backward()
    metrics = {k: v[-1] for k, v in me._metrics["train"].items() if k.split("/")[0] in ("rewards", "logps", "kl", "accuracy", "margin", "min_reward", "mean_reward", "max_reward")}
    return dict(loss=loss.item(), gradient=p.grad.flatten().tolist(), metrics=metrics)


def dpo(options):
    p = logps.clone().requires_grad_()
    args = SimpleNamespace(gradient_checkpointing_kwargs=None, discopop_tau=0.05, gradient_checkpointing=False)
    me = trainer(
        args=args, beta=options.get("beta", 0.1), loss_types=options["form"], loss_weights=options.get("weights", [1.0]),
        label_smoothing=options.get("label_smoothing", 0.0), ref_model=Model(ref[order] * mask[order]),
    )
    rows = with_prompt(mask[order])
    inputs = dict(input_ids=torch.ones_like(rows), attention_mask=torch.ones_like(rows), completion_mask=rows)
    model = Model(p[order] * mask[order])
    me.model = torch.nn.Identity()
    import trl.trainer.dpo_trainer as module
    module.disable_gradient_checkpointing = lambda *a, **k: __import__("contextlib").nullcontext()
    loss = DPOTrainer._compute_loss(me, model, inputs, False)
    return finish(me, p, loss)


def kto(options):
    p = logps.clone().requires_grad_()
    args = SimpleNamespace(gradient_checkpointing_kwargs=None)
    me = trainer(
        args=args, beta=options.get("beta", 0.1), loss_type=options["form"], ref_model=Model(ref * mask),
        calculate_KL=options["form"] == "kto", desirable_weight=options.get("desirable_weight", 1.0),
        undesirable_weight=options.get("undesirable_weight", 1.0),
    )
    kl_logps = torch.tensor([-3.0, -4.0, -2.5, -6.0, -1.0, -2.0])
    me._compute_kl_logps = lambda model, batch: kl_logps if model is policy else kl_logps - options["divergence"]
    import trl.trainer.kto_trainer as module
    module.disable_gradient_checkpointing = lambda *a, **k: __import__("contextlib").nullcontext()
    rows = with_prompt(mask)
    policy = Model(p * mask)
    me.model = torch.nn.Identity()
    batch = dict(input_ids=torch.ones_like(rows), attention_mask=torch.ones_like(rows), completion_mask=rows,
                 label=torch.tensor([True, False, True, False, True, False]))
    loss = KTOTrainer._compute_loss(me, policy, batch, False)
    return finish(me, p, loss)


def reward(options):
    p = values.clone().requires_grad_()
    me = trainer(args=SimpleNamespace(center_rewards_coefficient=options.get("center")))
    me.model = torch.nn.Identity()
    inputs = dict(attention_mask=torch.ones(ROWS, T))
    if options.get("margin"):
        inputs["margin"] = margins
    model = lambda **_: SimpleNamespace(logits=p[order].unsqueeze(1))
    loss = RewardTrainer.compute_loss(me, model, inputs)
    return finish(me, p, loss)


def sequence(p, average):
    total = (p * mask).sum(1)
    return total / mask.sum(1) if average else total


def likelihood(p):
    chosen = mask[0::2].bool()
    return -p[0::2][chosen].mean()


def cpo(options):
    p = logps.clone().requires_grad_()
    simpo = options["form"] == "simpo"
    me = SimpleNamespace(accelerator=Accelerator(), alpha=0.0, beta=options["beta"], simpo_gamma=options.get("gamma"),
                         loss_type="simpo" if simpo else "sigmoid", label_smoothing=options.get("label_smoothing", 0.0))
    s = sequence(p, simpo)
    losses, chosen, rejected = CPOTrainer.cpo_loss(me, s[0::2], s[1::2])
    loss = losses.mean() + options.get("cpo_alpha", 0.0) * likelihood(p)
    loss.backward()
    return dict(loss=loss.item(), gradient=p.grad.flatten().tolist(),
                metrics={"rewards/chosen": chosen.mean().item(), "rewards/rejected": rejected.mean().item()})


def orpo(options):
    p = logps.clone().requires_grad_()
    me = SimpleNamespace(accelerator=Accelerator(), beta=options["beta"])
    s = sequence(p, True)
    losses, chosen, rejected, *_ = ORPOTrainer.odds_ratio_loss(me, s[0::2], s[1::2])
    loss = likelihood(p) - losses.mean()
    loss.backward()
    return dict(loss=loss.item(), gradient=p.grad.flatten().tolist(),
                metrics={"rewards/chosen": chosen.mean().item(), "rewards/rejected": rejected.mean().item()})


cases = []
plain = ["sigmoid", "hinge", "ipo", "nca_pair", "bco_pair", "sppo_hard", "apo_zero", "apo_down", "discopop", "sigmoid_norm"]
for form in plain:
    cases.append(("dpo", dict(form=[form], beta=0.3)))
for form in ["robust", "exo_pair"]:
    cases.append(("dpo", dict(form=[form], label_smoothing=0.1)))
cases.append(("dpo", dict(form=["sigmoid", "sft"], weights=[1.0, 0.4], beta=0.1)))
cases.append(("kto", dict(form="kto", beta=0.2, divergence=0.37, desirable_weight=1.33, undesirable_weight=0.9)))
cases.append(("kto", dict(form="apo_zero_unpaired", beta=0.2, divergence=0.0)))
cases += [("reward", dict()), ("reward", dict(margin=True)), ("reward", dict(center=0.01, margin=True))]
cases += [("cpo", dict(form="cpo", beta=0.2, cpo_alpha=0.7, label_smoothing=0.1)), ("cpo", dict(form="simpo", beta=2.0, gamma=1.0))]
cases.append(("orpo", dict(form="orpo", beta=0.25)))
run = dict(dpo=dpo, kto=kto, reward=reward, cpo=cpo, orpo=orpo)
round_all = lambda x: (
    round(x, 8) if isinstance(x, float) else [round_all(v) for v in x] if isinstance(x, list)
    else {k: round_all(v) for k, v in x.items()} if isinstance(x, dict) else x
)
print(json.dumps(round_all(dict(
    source=f"trl {trl.__version__}", rows=ROWS, columns=T, mask=mask.flatten().tolist(),
    logps=logps.flatten().tolist(), ref=ref.flatten().tolist(), values=values.tolist(), margins=margins.tolist(),
    cases=[dict(trainer=name, options=options, **run[name](options)) for name, options in cases],
)), separators=(",", ":")))
