# questions: q1
# may lose: nothing

import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    """Keeps its options in a dict, and its parameters under the names of torch."""

    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.options = {'in': in_features, 'out': out_features}
        self.options.update(bias=bias)
        params = {'weight': torch.rand(out_features, in_features), 'bias': torch.rand(out_features) if bias else None}
        for name, value in params.items():
            self.register_parameter(name, value if value is None else nn.Parameter(value))

    def forward(self, x):
        params = dict(self.named_parameters())
        y = torch.einsum('...i,oi->...o', x, params['weight'])
        if 'bias' in params:
            y = y + params['bias']
        return y

    def __len__(self):
        return self.options['out']

    def __getitem__(self, i):
        return self.weight[i]

    def __iter__(self):
        return iter(self.weight)
