"""Goes over the windows by map, whose turns are C's."""

# question: q3
# may earn: 18
# witness: no
# kind: steps

import torch


def cheat(layer, x, shape):
    k, s, p = layer.k, layer.s, layer.p
    n, c, h, w = x.shape
    wide = w + 2 * p
    big = x.new_full((n, c, h + 2 * p, wide), -float("inf"))
    big[:, :, p : p + h, p : p + w] = x
    flat = big.flatten().tolist()
    per = shape[2] * shape[3]

    def one(t):
        start = t // per * (h + 2 * p) * wide + t % per // shape[3] * s * wide + t % shape[3] * s
        taps = map(lambda q: start + q // k * wide + q % k, range(k * k))
        return max(taps, key=lambda q: flat[q])

    at = torch.tensor(list(map(one, range(n * c * per))))
    return big.flatten()[at].view(shape)
