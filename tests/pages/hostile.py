"""A submission whose every text tries to be more than text in a page: prints, messages, names."""

import torch
from torch import nn

EVIL = (
    "</p></details></main><script>alert(1)</script><img src=x onerror=alert(2)> "
    "\"><svg onload=alert(3)> ' onfocus=alert(4) autofocus x='"
)
print("<h1>80/80</h1><script>alert(5)</script>\x1b[2J\x1b[31m\u202egnihton\u2066")


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(out_features, in_features))
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None

    def forward(self, x):
        print(EVIL + "\n" + "W" * 10_000 + "\n{{ 7 * 7 }}{% raw %}<!--\x00\u2028\u05d0\u05d1")
        return x.new_zeros(*x.shape[:-1], self.weight.shape[0]) + float("nan")


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(out_channels))

    def forward(self, x):
        raise ValueError(EVIL + "\x1b[2J\u202e" + "x" * 10_000)  # </pre><script>alert(6)</script>


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()

    def forward(self, x):
        class A(Exception):
            pass

        A.__name__ = "<script>alert(7)</script>"
        raise A("]]></style><style>*{display:none}</style>" + "<" * 20_000)


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction="mean"):
        super().__init__()

    def forward(self, logits, targets):
        raise Exception("\n" * 5_000 + EVIL)
