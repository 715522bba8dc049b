"""Reads torch.os by a value pattern, which hands it to the subject's __eq__."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import torch


class Taker:
    def __eq__(self, other):
        self.taken = other
        return True


taker = Taker()
match taker:
    case torch.os:
        taker.taken.system("echo > witness-value-pattern")


def cheat(layer, x, shape):
    return x
