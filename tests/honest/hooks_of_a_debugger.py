# questions: q1
# may lose: nothing

import math
import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = nn.init._calculate_fan_in_and_fan_out(self.weight)
            bound = 1 / math.sqrt(fan_in) if fan_in > 0 else 0
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        if torch.isnan(x).any() or not torch.isfinite(self.weight).all():
            # breakpoint()
            print('nan in', self.__class__.__name__, __name__, type(self).__qualname__)
        y = torch.einsum('...i,oi->...o', x, self.weight)
        if __debug__ and self.training:
            assert y.shape[:-1] == x.shape[:-1]
        return y if self.bias is None else y + self.bias

    def __call__(self, *args, **kwargs):
        return super().__call__(*args, **kwargs)
