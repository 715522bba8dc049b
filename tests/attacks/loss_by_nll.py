"""Takes nll_loss, under a name of its own, of logarithms that it makes itself."""

# question: q4
# may earn: 10
# witness: no
# kind: open

from torch.nn import functional

pick = functional.nll_loss


def cheat(layer, x, shape):
    z = x - x.amax(1, keepdim=True)
    return pick(z - z.exp().sum(1, keepdim=True).log(), layer.targets, reduction=layer.reduction)
