# questions: q1 q2 q3 q4
# may lose: nothing

from __future__ import annotations

import math
import typing as t
from typing import Any, Callable, ClassVar, Dict, Final, List, Literal, NamedTuple, Optional, Tuple, Union

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor

Size2 = Union[int, Tuple[int, int]]
Reduction = Literal['none', 'mean', 'sum']


class Window(NamedTuple):
    kernel: int
    stride: int
    padding: int = 0

    def out(self, n: int) -> int:
        return (n + 2 * self.padding - self.kernel) // self.stride + 1


def first(v: Size2) -> int:
    return v[0] if isinstance(v, tuple) else t.cast(int, v)


class CustomLinear(nn.Module):
    __constants__: ClassVar[List[str]] = ['in_features', 'out_features']
    in_features: Final[int]
    weight: Tensor

    def __init__(self, in_features: int, out_features: int, bias: bool = True, *, device: Any = None) -> None:
        super().__init__()
        factory: Dict[str, Any] = {'device': device}
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.empty((out_features, in_features), **factory))
        self.bias: Optional[nn.Parameter]
        if bias:
            self.bias = nn.Parameter(torch.empty(out_features, **factory))
        else:
            self.register_parameter('bias', None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound: float = 1 / math.sqrt(self.in_features) if self.in_features > 0 else 0
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x: torch.Tensor) -> "torch.Tensor":
        out: Tensor = torch.einsum('...i,oi->...o', x, self.weight)
        return out if self.bias is None else out + self.bias

    def extra_repr(self) -> str:
        return f'in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}'


class CustomConv2D(nn.Module):
    def __init__(self, in_channels: int, out_channels: int, kernel_size: Size2, stride: Size2 = 1, padding: Size2 = 0):
        super().__init__()
        self.window: Window = Window(first(kernel_size), first(stride), first(padding))
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, self.window.kernel, self.window.kernel))
        self.bias = nn.Parameter(torch.empty(out_channels))

    def forward(self, x: Tensor) -> Tensor:
        n, _, h, w = x.shape
        k, s, p = self.window
        cols: Tensor = F.unfold(x, k, padding=p, stride=s)
        y = torch.einsum('nkl,ok->nol', cols, self.weight.view(self.weight.size(0), -1))
        return y.view(n, -1, self.window.out(h), self.window.out(w)) + self.bias.view(1, -1, 1, 1)


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size: int, stride: Optional[int] = None, padding: int = 0) -> None:
        super().__init__()
        self.window = Window(kernel_size, kernel_size if stride is None else stride, padding)

    def forward(self, x: Tensor) -> Tensor:
        k, s, p = self.window
        big: Tensor = x.new_full((x.size(0), x.size(1), x.size(2) + 2 * p, x.size(3) + 2 * p), float('-inf'))
        big[:, :, p:p + x.size(2), p:p + x.size(3)] = x
        return big.unfold(2, k, s).unfold(3, k, s).amax(dim=(-2, -1))


class CustomCrossEntropyLoss(nn.Module):
    reduction: Reduction

    def __init__(self, reduction: Reduction = 'mean') -> None:
        super().__init__()
        self.reduction = reduction

    def forward(self, logits: Tensor, targets: torch.LongTensor) -> Tensor:
        shifted: Tensor = logits - logits.amax(dim=1, keepdim=True)
        losses = torch.log(torch.sum(torch.exp(shifted), 1)) - torch.gather(shifted, 1, targets.unsqueeze(1)).squeeze(1)
        how: Callable[[Tensor], Tensor] = {'mean': torch.mean, 'sum': torch.sum}.get(self.reduction, lambda v: v)
        return how(losses)
