"""A, q3: total escape. A name that is not found in the mro of a class of the submission counts as its own, and getattr then
finds it in the metaclass: E.mro, E.register (ABCMeta), E._create_ and, worst, EnumMeta._convert_(name, module, filter), which
makes members of what any loaded module has in it.
"""

# question: q3
# may earn: 0
# witness: yes
# kind: outside
import torch
import torch.nn as nn
import torch.nn.functional as F
import enum


class E(enum.Enum):
    a = 1


run = E._convert_("X", "builtins", lambda name: name == "exec")["exec"].value

box = {}
run(
    """
import builtins, tempfile, os, torch
builtins.open(os.path.join(tempfile.gettempdir(), "witness-a03_enum_convert"), "w").close()
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
