# questions: q1
# may lose: nothing

import math
import torch
import torch.nn as nn
import torch.nn.functional as F

class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if bias:
            bound = 1 / math.sqrt(in_features)
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        first = x.reshape(-1)[0].detach()
        list(reversed(x)), round(float(first)), divmod(int(first), 2), math.floor(first), -first, +first
        if x.dim() > 1 and not x.is_contiguous():
            x = x.contiguous()
        f"{first:.2f}", str(first), repr(x.shape), bool(first == first), first in [first], x.device, x.dtype
        print(x.shape, first)
        y = torch.einsum("...i,oi->...o", x, self.weight)
        if self.bias is not None:
            y = y + self.bias
        return y
