"""A, q3: total escape without `copy`: nn.TransformerEncoder(module, n) deep-copies a module of the submission. On the way
__getattr__ is asked for __deepcopy__, gets the real memo, and writes there what the copies of two other attributes are to be;
see a06.
"""

# question: q3
# may earn: 0
# witness: yes
# kind: outside
import torch
import torch.nn as nn
import torch.nn.functional as F
import sys

seven = 7
word = "word to replace"


class Fill:
    def __getattr__(self, name):
        if name != "__deepcopy__":
            raise AttributeError(name)

        def fill(memo):
            memo[id(seven)] = thing[0]
            memo[id("__add__")] = thing[1]
            return None

        return fill


class Carrier(nn.Module):
    def __init__(self):
        super().__init__()
        self.list = [Fill(), seven.__add__]


def read(*target):
    thing[:] = target
    return nn.TransformerEncoder(Carrier(), 1).layers[0].list[1]


thing = []
run = read(read(sys, "modules")["builtins"], "exec")

box = {}
run(
    """
import builtins, tempfile, os, torch
builtins.open(os.path.join(tempfile.gettempdir(), "witness-a12_transformer_clones"), "w").close()
pool = torch.nn.functional.max_pool2d
""",
    box,
)
pool = box["pool"]


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.k, self.s, self.p = kernel_size, stride or kernel_size, padding

    def forward(self, x):
        return pool(x, self.k, self.s, self.p)
