"""Ten AdamW steps of llm.c itself on the tiny GPT-2 of tiny_models.py: the fixture tiny-llmc.json.

    .peers/bin/python tooling/oracles/model/llmc_losses.py LLM_C_CHECKOUT [DIRECTORY]

Writes the model in llm.c's checkpoint format, compiles its train_gpt2.c (a C compiler is needed) with a loop around it, and
keeps the losses it prints. With a DIRECTORY, the checkpoint and a state file as its test_gpt2.c reads them are left there,
for the test that takes the published 124M files from LLM_C_DIRECTORY.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import torch

from tiny_models import batch, loss_of, tiny_gpt2, write

RATE, BETAS, EPSILON, DECAY, STEPS = 0.01, (0.9, 0.999), 1e-8, 0.01, 10
PROGRAM = """
#define TESTING
#include "%(source)s"
int main() {
    GPT2 model;
    gpt2_build_from_checkpoint(&model, "gpt2_124M.bin");
    FILE *file = fopenCheck("gpt2_124M_debug_state.bin", "rb");
    int header[256];
    freadCheck(header, sizeof(int), 256, file);
    int B = header[2], T = header[3];
    int *x = (int*)malloc(B * T * sizeof(int)), *y = (int*)malloc(B * T * sizeof(int));
    freadCheck(x, sizeof(int), B * T, file);
    freadCheck(y, sizeof(int), B * T, file);
    for (int step = 1; step <= %(steps)d; step++) {
        gpt2_forward(&model, x, y, B, T);
        gpt2_zero_grad(&model);
        gpt2_backward(&model);
        printf("loss %%.9g\\n", model.mean_loss);
        gpt2_update(&model, %(rate)s, %(beta1)s, %(beta2)s, %(epsilon)s, %(decay)s, step);
    }
    return 0;
}
"""
PARTS = ["ln_1.weight", "ln_1.bias", "attn.c_attn.weight", "attn.c_attn.bias", "attn.c_proj.weight", "attn.c_proj.bias",
         "ln_2.weight", "ln_2.bias", "mlp.c_fc.weight", "mlp.c_fc.bias", "mlp.c_proj.weight", "mlp.c_proj.bias"]


def header(*values):
    return torch.tensor(list(values) + [0] * (256 - len(values)), dtype=torch.int32).numpy().tobytes()


def tensors(values, layers, padded):
    """llm.c's order: each part for all layers; matrices are [out, in], where Hugging Face's GPT-2 has [in, out]."""
    table = values["transformer.wte.weight"]
    yield torch.cat([table, torch.zeros(padded - table.shape[0], table.shape[1])])
    yield values["transformer.wpe.weight"]
    for part in PARTS:
        for layer in range(layers):
            value = values[f"transformer.h.{layer}.{part}"]
            yield value.T if value.ndim == 2 else value
    for part in ("weight", "bias"):
        yield values[f"transformer.ln_f.{part}"]


def floats(parts):
    return b"".join(part.detach().contiguous().numpy().tobytes() for part in parts)


def main():
    checkout = pathlib.Path(sys.argv[1]).resolve()
    model = tiny_gpt2()
    inputs, targets = batch(61, 2, 8)
    loss, logits = loss_of(model, inputs, targets, torch.ones(16))
    loss.backward()
    config, padded = model.config, 64
    named = dict(model.named_parameters())
    gradients = {name: parameter.grad for name, parameter in named.items()}
    ids = [grid.to(torch.int32).contiguous().numpy().tobytes() for grid in (inputs, targets)]
    checkpoint = header(20240326, 3, config.n_positions, config.vocab_size, config.n_layer, config.n_head, config.n_embd,
                        padded) + floats(tensors(named, config.n_layer, padded))
    state = (header(20240327, 2, *inputs.shape) + ids[0] + ids[1] + floats([logits, loss])
             + floats(tensors(gradients, config.n_layer, padded)))
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else temporary)
        (folder / "gpt2_124M.bin").write_bytes(checkpoint)
        (folder / "gpt2_124M_debug_state.bin").write_bytes(state)
        source = pathlib.Path(temporary) / "losses.c"
        source.write_text(PROGRAM % {"source": checkout / "train_gpt2.c", "steps": STEPS, "rate": RATE, "beta1": BETAS[0],
                                     "beta2": BETAS[1], "epsilon": EPSILON, "decay": DECAY})
        program = pathlib.Path(temporary) / "losses"
        subprocess.run(["cc", "-O2", "-w", str(source), "-lm", "-o", str(program)], check=True)
        printed = subprocess.run([str(program)], cwd=folder, check=True, capture_output=True, text=True).stdout
    losses = [float(line.split()[1]) for line in printed.splitlines() if line.startswith("loss ")]
    write("tiny-llmc", {"rate": RATE, "betas": BETAS, "epsilon": EPSILON, "weightDecay": DECAY, "losses": losses})
    print(json.dumps(losses))


if __name__ == "__main__":
    main()
