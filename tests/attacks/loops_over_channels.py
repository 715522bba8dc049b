"""Loops over images and output channels, each of which takes one einsum."""

# question: q2
# may earn: 18
# witness: no
# kind: steps

import torch
import torch.nn.functional as F


def cheat(layer, x, shape):
    columns = F.unfold(x, layer.k, padding=layer.p, stride=layer.s)
    kernels = layer.weight.flatten(1)
    found = []
    for image in columns:
        for kernel, bias in zip(kernels, layer.bias):
            found.append(torch.einsum("k,kl->l", kernel, image) + bias)
    return torch.stack(found).view(shape)
