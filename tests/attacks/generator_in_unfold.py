"""B and C, q3 (q2 likewise): the Witness is off while a torch function that it lets pass runs, and F.unfold is
Python: tuple(kernel_size) runs a generator of the submission. check_arguments looks at objects of the
submission's classes, and a generator, map or zip object is of none. Inside, the real forward is reached as in b01,
and torch functions count no steps.
"""

# question: q3
# may earn: 0
# witness: no
# kind: hidden
import torch
import torch.nn as nn
import torch.nn.functional as F


class P(nn.MaxPool2d):
    pass


class CustomMaxPool2D(P):
    def forward(self, x):
        got = []

        def sizes():
            got.append(super(nn.MaxPool2d, self).forward(x))
            yield 1
            yield 1

        F.unfold(x, sizes())
        return got[0]
