"""A, q3: total escape. nn.ParameterList.__getitem__ is getattr(self, self._get_abs_string_index(i)), and __setitem__ setattr;
nn.ParameterDict has _key_to_attr. Read from the class they take a function of the submission for self. (As a02: methods of a
class of a library with another self.)
"""

# question: q3
# may earn: 0
# witness: yes
# kind: outside
import torch
import torch.nn as nn
import torch.nn.functional as F
def function():
    pass


function._get_abs_string_index = lambda name: name
space = nn.ParameterList.__getitem__(function, "__globals__")
IMPORT = space["__builtins__"]["__import__"]
builtins = IMPORT("builtins")
builtins.__init__("math")  # as a01; or: put a name into `space`
run = builtins.exec

box = {}
run(
    """
import builtins, tempfile, os, torch
builtins.open(os.path.join(tempfile.gettempdir(), "witness-a08_parameter_list"), "w").close()
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
