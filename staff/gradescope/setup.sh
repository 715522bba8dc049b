#!/usr/bin/env bash
# Gradescope runs this once, when it builds the image: Python, and what the grader needs.
set -euo pipefail

apt-get update
apt-get install -y --no-install-recommends python3 python3-venv
python3 -m venv /autograder/venv

# First PyTorch without CUDA, from the index that https://pytorch.org/get-started/locally/ names.
pip=/autograder/venv/bin/pip
"$pip" install --no-cache-dir torch --index-url https://download.pytorch.org/whl/cpu
"$pip" install --no-cache-dir -r /autograder/source/requirements.txt
