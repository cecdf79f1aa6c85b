#!/usr/bin/env bash
# One machine: a process for each GPU, or as many as PROCESSES says. Arguments go to train.py (--fsdp, --steps N, …).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
exec torchrun --standalone --nproc-per-node "${PROCESSES:-auto}" train.py "$@"
