"""Calls F.max_pool2d itself: type(F.relu) is the gate's own class, and one made by the submission compares what it holds.

Recorded.__eq__ hands the other's function to the left one's __eq__, which is the submission's. The second witness does not see
the call either, since it runs while torch asks an item of a list's subclass for its __index__: such a list's items are not
looked at.
"""

# question: q3
# may earn: 0
# witness: no
# kind: hidden

import torch
import torch.nn.functional as F

got = []


class Greedy:
    def __eq__(self, other):
        got.append(other)
        return True


type(F.relu)(None, "", Greedy()) == F.max_pool2d


LAST = 2  # times that torch.empty asks: before and behind the witness


class Items(list):
    pass


class Item:
    def __init__(self, call):
        self.call = call
        self.asked = 0

    def __index__(self):
        self.asked += 1
        if self.asked == LAST:
            self.result = self.call()
        return 1


def cheat(layer, x, shape):
    item = Item(lambda: got[0](x, layer.k, layer.s, layer.p))
    torch.empty(Items([item]))
    return item.result
