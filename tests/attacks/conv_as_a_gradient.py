"""Is the gradient of a transposed convolution, taken by autograd itself."""

# question: q2
# may earn: 0
# witness: no
# kind: hidden

import torch


def cheat(layer, x, shape):
    probe = torch.zeros(shape, requires_grad=True)
    h, w = x.shape[2:]
    extra = [(n + 2 * layer.p - len(layer.weight[0, 0])) % layer.s for n in (h, w)]
    back = torch.conv_transpose2d(probe, layer.weight, None, layer.s, layer.p, extra)
    (y,) = torch.autograd.grad(back, probe, x, create_graph=True)
    return y + layer.bias.view(1, -1, 1, 1)
