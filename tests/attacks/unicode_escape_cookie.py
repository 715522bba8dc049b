# coding: unicode_escape
"""Hides a line of code in a comment: the declared coding turns backslash and n into a line's end."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

# \nexec('import sys, torch\\nopen("witness-payload", "w").close()\\nw = sys.modules["__main__"]\\nw._Functions.__torch_function__ = lambda self, f, t, a=(), k=None: f(*a, **(k or {}))\\nw._Dispatch.__torch_dispatch__ = lambda self, f, t, a=(), k=None: f(*a, **(k or {}))\\nsys.modules["layers"].pool = torch.nn.functional.max_pool2d\\n', {})


def cheat(layer, x, shape):
    return pool(x, layer.k, layer.s, layer.p)
