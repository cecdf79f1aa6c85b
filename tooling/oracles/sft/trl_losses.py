"""Records what TRL computes on given logits: DFT of the SFTTrainer, GKD's divergence; and its packing of lengths.

    pip install trl==1.16.0 torch
    python tooling/oracles/sft/trl_losses.py > packages/sft/src/fixtures/trl-losses.json

Read by packages/sft/src/trl-losses.test.ts. DFT is the trainer's expression, −sg[p]·log p over labelled tokens.
"""
import json

import torch
import torch.nn.functional as F
import trl
from datasets import Dataset
from trl import pack_dataset
from trl.experimental.gkd import GKDTrainer

torch.manual_seed(3)
POSITIONS, VOCABULARY = 5, 7
student = torch.randn(POSITIONS, VOCABULARY)
teacher = torch.randn(POSITIONS, VOCABULARY)
targets = torch.tensor([1, 4, 0, 6, 2])
mask = torch.tensor([1, 0, 1, 1, 1])
labels = torch.where(mask.bool(), targets, -100)


def gkd(beta, temperature):
    logits = student.clone().requires_grad_()
    loss = GKDTrainer.generalized_jsd_loss(
        logits.unsqueeze(0), teacher.unsqueeze(0), labels.unsqueeze(0), beta=beta, temperature=temperature,
        num_items_in_batch=mask.sum())
    loss.backward()
    return dict(beta=beta, temperature=temperature, loss=loss.item(), gradient=logits.grad.flatten().tolist())


logps = F.log_softmax(student, -1).gather(1, targets.unsqueeze(1)).squeeze(1).detach().requires_grad_()
dft = -(logps.exp().detach() * logps * mask).sum() / mask.sum()
dft.backward()
packing = []
for lengths, columns in [([3, 4, 1], 4), ([5, 2, 4, 1], 4), ([6, 6, 5, 5, 3, 2, 2, 1], 8)]:
    start, rows = 0, []
    for n in lengths:
        rows.append(list(range(start, start + n)))
        start += n
    for strategy in ["bfd", "bfd_split"]:
        packed = pack_dataset(Dataset.from_dict({"input_ids": rows}), columns, strategy)
        packing.append(dict(lengths=lengths, columns=columns, strategy=strategy, rows=packed["input_ids"][:]))
round_all = lambda x: (
    round(x, 8) if isinstance(x, float) else [round_all(v) for v in x] if isinstance(x, list)
    else {k: round_all(v) for k, v in x.items()} if isinstance(x, dict) else x
)
print(json.dumps(round_all(dict(
    source=f"trl {trl.__version__}", student=student.tolist(), teacher=teacher.tolist(), targets=targets.tolist(),
    mask=mask.tolist(), gkd=[gkd(b, t) for b, t in [(0.0, 1.0), (0.5, 0.9), (0.3, 2.0), (1.0, 1.0)]],
    dft=dict(loss=dft.item(), logps=logps.tolist(), gradient=logps.grad.tolist()), packing=packing,
)), separators=(",", ":")))
