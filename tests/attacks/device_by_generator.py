"""B, q3: as b01, but without a dunder: a generator enters `with torch.device` at load, below the Witness, and
leaves it in forward, which pops the Witness; another one pushes a mode that the Witness's __exit__ pops.

So refusing to read __enter__ and __exit__ does not mend it: the Witness has to look whether it is still there.
"""

# question: q3
# may earn: 0
# witness: no
# kind: hidden
import torch
import torch.nn as nn


def mode():
    with torch.device("cpu"):
        yield


class P(nn.MaxPool2d):
    pass


below = []


class CustomMaxPool2D(P):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.below = mode()
        next(self.below)
        below.append(self.below)

    def forward(self, x):
        if self.below is None:  # a second call of one layer
            self.below = self.above
        next(self.below, None)
        y = super(nn.MaxPool2d, self).forward(x)
        self.below, self.above = None, mode()
        next(self.above)
        below.append(self.above)
        return y
