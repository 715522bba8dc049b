"""Inherits from an object that says by __mro_entries__ for which of torch's classes it stands."""

# question: q3
# may earn: 0
# witness: no
# kind: open

import torch.nn as nn


class Stand:
    def __mro_entries__(self, bases):
        return (nn.MaxPool2d,)


class CustomMaxPool2D(Stand()):
    pass
