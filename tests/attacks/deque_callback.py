"""B, q1-q4: check_arguments looks into lists, tuples and slices alone. A deque (dict views, an Enum made by the
functional call, a map ...) hides an object whose __len__ torch calls from C++, with the Witness off.
"""

# question: q3
# may earn: 0
# witness: no
# kind: hidden
from collections import deque

import torch
import torch.nn as nn


class Call:
    def __init__(self, f):
        self.f, self.y = f, None

    def __len__(self):
        if self.y is None:
            self.y = self.f()
        return 1

    def __getitem__(self, i):
        return [1.0][i]


def unseen(kind, layer, *inputs):
    call = Call(lambda: super(kind, layer).forward(*inputs))
    torch.tensor(deque([call]))
    return call.y


class L(nn.Linear):
    pass


class C(nn.Conv2d):
    pass


class P(nn.MaxPool2d):
    pass


class E(nn.CrossEntropyLoss):
    pass


class CustomLinear(L):
    def forward(self, x):
        return unseen(nn.Linear, self, x)


class CustomConv2D(C):
    def forward(self, x):
        return unseen(nn.Conv2d, self, x)


class CustomMaxPool2D(P):
    def forward(self, x):
        return unseen(nn.MaxPool2d, self, x)


class CustomCrossEntropyLoss(E):
    def __init__(self, reduction="mean"):
        super().__init__(reduction=reduction)

    def forward(self, x, t):
        return unseen(nn.CrossEntropyLoss, self, x, t)
