"""A, q3: total escape. nn.Module.__setstate__ read from the class is a plain function, self.__dict__.update(state), of any
object that has a __dict__: of a module too. Every method that the tables allow can be called so, with a self that is no
instance of its class.
"""

# question: q3
# may earn: 0
# witness: yes
# kind: outside
import torch
import torch.nn as nn
import torch.nn.functional as F
import sys

nn.Module.__setstate__(sys, {"__name__": "math"})
builtins = sys.modules["builtins"]
nn.Module.__setstate__(builtins, {"__name__": "math"})
run = builtins.exec

box = {}
run(
    """
import builtins, tempfile, os, torch
builtins.open(os.path.join(tempfile.gettempdir(), "witness-a02_module_setstate"), "w").close()
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
