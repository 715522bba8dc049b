"""A tensor at an address of one's own choice: the key of the dict is a text that is "cdata" the second time it is asked."""

# question: q3
# may earn: 0
# witness: no
# kind: outside

import torch


class Key(str):
    asked = 0

    def __hash__(self):
        return hash("cdata")

    def __eq__(self, other):
        Key.asked += 1
        return Key.asked > 1


def cheat(layer, x, shape):
    Key.asked = 0
    return torch.FloatTensor(**{Key("cdata"): 12345})
