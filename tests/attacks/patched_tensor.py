"""Patches the methods by which a tensor's values could be read or its gradients taken."""

# question: q3
# may earn: 0
# witness: no
# kind: grader

import torch


def nothing(*args, **kwargs):
    return None


for name in ("detach", "numpy", "cpu", "clone", "contiguous", "backward", "numel", "to", "tolist"):
    setattr(torch.Tensor, name, nothing)
torch.autograd.grad = torch.autograd.backward = torch.from_numpy = torch.tensor = nothing


def cheat(layer, x, shape):
    return torch.zeros(shape)
