# question: q1
# fault: the ones are put in front of the features but the bias behind the weights, so the columns do not line up
# name: bias-column-misplaced
# fault: the ones column is made with shape (N, 1), so only 2-D input can be concatenated with it
# name: two-dimensions-only
# fault: bias=None is not handled, the bias is used without a test
# name: missing-bias-added
import math
import torch
from torch import nn


def _with_ones(x):
    one = torch.ones(x.shape[0], 1, dtype=x.dtype, device=x.device)
    return torch.cat((one, x), dim=-1)


class CustomLinear(nn.Module):
    # bias trick: [1, x] . [w, b]
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if bias:
            nn.init.uniform_(self.bias, -1 / math.sqrt(in_features), 1 / math.sqrt(in_features))

    def forward(self, x):
        theta = torch.cat((self.weight, self.bias[:, None]), dim=1)
        return torch.einsum('...k,mk->...m', _with_ones(x), theta)
