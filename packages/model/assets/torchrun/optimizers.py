"""AdamW and Muon as @llm/model computes them, their state under the names of the parameters.

Every number comes from state.json, a group for all parameters that are updated alike. AdamW is PyTorch's own.
Muon (Jordan et al. 2024) is scaled to the root mean square of AdamW's update (Liu et al. 2025). Parameters may
be sharded (FSDP): Muon gathers the one matrix it is about to make orthogonal.
"""

import math

import torch
from torch.distributed.tensor import DTensor, Replicate


def whole(tensor):
    """All of a tensor that may be sharded. Every process has to ask."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def sharded_like(tensor, parameter):
    """The same part of a whole tensor that this process holds of the parameter."""
    tensor = tensor.to(device=parameter.device, dtype=torch.float32)
    if not isinstance(parameter, DTensor):
        return tensor
    mesh = parameter.device_mesh
    replicated = DTensor.from_local(tensor, mesh, [Replicate()] * mesh.ndim, run_check=False)
    return replicated.redistribute(mesh, parameter.placements)


def orthogonalize(x, iterations):
    """x [m, n] → about U Vᵀ of its singular value decomposition, by Newton–Schulz iterations."""
    wide = x.shape[0] <= x.shape[1]
    y = x / (x.norm() + 1e-7)
    for _ in range(iterations):
        square = y @ y.T if wide else y.T @ y
        polynomial = square * -4.775 + 2.0315 * (square @ square)
        y = y * 3.4445 + (polynomial @ y if wide else y @ polynomial)
    return y


class Muon(torch.optim.Optimizer):
    """Matrices [out, in], or `transposed`; several that are joined (`rows` of each) are taken one by one."""

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            rate, beta = group["lr"], group["momentum"]
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                running = self.state[parameter]["momentum"]
                running.mul_(beta).add_(parameter.grad, alpha=1 - beta)
                ahead = whole(running * beta + parameter.grad * (1 - beta))
                if group["transposed"]:
                    ahead = ahead.T
                steps = [
                    orthogonalize(part, group["iterations"]) * (0.2 * math.sqrt(max(part.shape)))
                    for part in ahead.split(group["rows"])
                ]
                step = torch.cat(steps)
                step = sharded_like(step.T.contiguous() if group["transposed"] else step, parameter)
                parameter.mul_(1 - rate * group["weight_decay"]).sub_(step * rate)


class Optimizers:
    """What updates a model: AdamW, and Muon beside it where state.json says so."""

    def __init__(self, description, parameters, moments, steps_taken):
        """`parameters` by name; `moments` whole tensors by name, zeros for those that are missing."""
        self.parameters, self.limit = parameters, description["maximumGradientNorm"]
        listed = [name for group in description["groups"] for name in group["parameters"]]
        if sorted(listed) != sorted(parameters):
            different = sorted(set(listed) ^ set(parameters))
            raise SystemExit(f"state.json and the model do not have the same parameters: {different[:3]}")
        groups = {"adamw": [], "muon": []}
        for group in description["groups"]:
            shared = {"params": [parameters[name] for name in group["parameters"]], "factor": group["rate"]}
            shared["weight_decay"] = group["weightDecay"]
            kept = ("betas",) if group["method"] == "adamw" else ("momentum", "iterations", "transposed", "rows")
            own = {name: tuple(group[name]) if name == "betas" else group[name] for name in kept}
            if group["method"] == "adamw":
                own["eps"] = group["epsilon"]
            groups[group["method"]].append(shared | own)
        self.all = [
            make(groups[method], {"lr": 0.0})
            for method, make in (("adamw", lambda it, _: torch.optim.AdamW(it, lr=0.0)), ("muon", Muon))
            if groups[method]
        ]
        self.suffixes = {}
        for group in description["groups"]:
            suffixes = ("exp_avg", "exp_avg_sq") if group["method"] == "adamw" else ("momentum",)
            self.suffixes |= {name: suffixes for name in group["parameters"]}
        for name, suffixes in self.suffixes.items():
            state = self.state_of(name)
            for suffix in suffixes:
                moment = moments.get(f"{name}.{suffix}")
                zeros = torch.zeros_like(parameters[name], memory_format=torch.contiguous_format)
                state[suffix] = zeros.detach() if moment is None else sharded_like(moment, parameters[name])
            if "exp_avg" in suffixes:
                state["step"] = torch.tensor(float(steps_taken))

    def state_of(self, name):
        method = self.all[-1] if self.suffixes[name] == ("momentum",) else self.all[0]
        return method.state[self.parameters[name]]

    def step(self, learning_rate):
        """One update by the gradients, which are emptied. Returns their norm before clipping.

        A norm that is no number changes nothing.
        """
        parameters = list(self.parameters.values())
        limit = math.inf if self.limit is None else self.limit
        norm = float(whole(torch.nn.utils.clip_grad_norm_(parameters, limit)))
        if math.isfinite(norm):
            for optimizer in self.all:
                for group in optimizer.param_groups:
                    group["lr"] = learning_rate * group["factor"]
                optimizer.step()
        for parameter in parameters:
            parameter.grad = None
        return norm

    def moments(self):
        """Whole tensors by name, in the memory of the CPU. Every process has to ask."""
        return {
            f"{name}.{suffix}": whole(self.state_of(name)[suffix]).cpu()
            for name, suffixes in self.suffixes.items()
            for suffix in suffixes
        }
