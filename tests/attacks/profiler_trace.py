"""Lets torch's profiler write what it has seen."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import torch

with torch.profiler.profile() as seen:
    torch.zeros(1)
seen.export_chrome_trace("witness-trace")


def cheat(layer, x, shape):
    return x
