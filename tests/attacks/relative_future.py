"""Python 3.13: `from .__future__ import annotations` is taken for a future import (node.level is not looked
at), so annotations are left as they are; Python 3.13 takes it for none, and evaluates them. The import fails at the end, when
all has run. visit_ImportFrom also returns such a statement unchanged, as it does `... import annotations as __builtins__`.
"""

# question: q3
# may earn: 0
# witness: yes
# kind: outside
# compiles: from 3.13
import torch.nn as nn

x: (lambda: 0).__globals__["__builtins__"]["__import__"]("builtins").print("evaluated") = 1


class CustomMaxPool2D(nn.Module):
    pass


from .__future__ import annotations
