#!/usr/bin/env bash
# The real llama.cpp, prebuilt, for the tests that load our GGUF files: node-llama-cpp in the ignored .peers/llama-cpp/, for the
# processor only (85 MB; its optional CUDA and Vulkan packages have gigabytes).
set -euo pipefail
cd "$(dirname "$0")/../.."
case "$(node -p 'process.platform + "-" + process.arch')" in
  darwin-arm64) binaries=mac-arm64-metal ;;
  darwin-x64) binaries=mac-x64 ;;
  win32-*) binaries=win-$(node -p process.arch) ;;
  *) binaries=linux-$(node -p process.arch) ;;
esac
version=3.22.1
mkdir -p .peers/llama-cpp
npm install --prefix .peers/llama-cpp --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error --save-exact "node-llama-cpp@$version" "@node-llama-cpp/$binaries@$version"
