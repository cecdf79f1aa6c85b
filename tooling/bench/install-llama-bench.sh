#!/usr/bin/env bash
# Builds llama.cpp's own programs from the source inside the Python package llama-cpp-python into the ignored
# .peers/llama.cpp/build, for this processor: llama-bench, llama-server, llama-quantize, llama-perplexity. Needs cmake and
# a C++ compiler; takes some minutes.
#
# PYTHON: the interpreter whose pip is used; default python3.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=.peers/llama.cpp
if [ -x "$folder/build/bin/llama-bench" ]; then
  exit 0
fi
mkdir -p "$folder"
"${PYTHON:-python3}" -m pip download --quiet --no-deps --no-build-isolation --no-binary :all: --dest "$folder" llama-cpp-python==0.3.36
tar -xzf "$folder"/llama_cpp_python-0.3.36.tar.gz -C "$folder"
cmake -S "$folder/llama_cpp_python-0.3.36/vendor/llama.cpp" -B "$folder/build" -DCMAKE_BUILD_TYPE=Release \
  -DGGML_NATIVE=ON -DLLAMA_CURL=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF
cmake --build "$folder/build" -j2 --target llama-bench llama-server llama-quantize llama-perplexity
