"""A: any class as a base. _build_class resolves the bases and judges them, and then hands the unresolved ones to the real
__build_class__, which asks __mro_entries__ again. __getattr__ may be defined, and answers the second time something
else: here torch.Tensor (so q1 multiplies by @ unseen, since `type(left) in own`), as well types.ModuleType, Recorded ...
"""

# question: q3
# may earn: 0
# witness: yes
# kind: outside
import torch
import torch.nn as nn
import torch.nn.functional as F

counts = [0]


class Base:
    def __getattr__(self, name):
        if name != "__mro_entries__":
            raise AttributeError(name)
        counts[0] += 1
        return lambda bases: (object,) if counts[0] < 3 else (torch.Tensor,)


class Mine(Base()):
    pass


print(Mine.mro(), isinstance(torch.zeros(2).as_subclass(Mine), torch.Tensor))


class Module(nn.Module):
    pass
