"""Runs a shell command by torch's collection of bug reports."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import torch.utils.collect_env

print(torch.utils.collect_env.run("echo hello > witness-collect-env"))


def cheat(layer, x, shape):
    return x
