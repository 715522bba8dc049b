# questions: q1 q3 q4
# may lose: nothing

import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(out_features, in_features))
        self.bias = nn.Parameter(torch.rand(out_features)) if bias else None

    def forward(self, input):
        vars = input, self.weight
        id, type = '...i,oi->...o', input.dtype
        open = torch.einsum(id, *vars)
        assert open.dtype == type
        return open if self.bias is None else open + self.bias


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.k, self.s, self.p = kernel_size, stride or kernel_size, padding

    def forward(self, x):
        sum, dir, hash, str = x.shape
        min = x.new_full((sum, dir, hash + 2 * self.p, str + 2 * self.p), float('-inf'))
        min[:, :, self.p:self.p + hash, self.p:self.p + str] = x
        slice = min.unfold(2, self.k, self.s).unfold(3, self.k, self.s)
        max = slice.reshape(*slice.shape[:4], -1).max(-1)
        return max.values


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        max = logits.max(1, keepdim=True).values
        exp = (logits - max).exp()
        log = exp.sum(1).log()
        all = log - (logits - max).gather(1, targets.unsqueeze(1)).squeeze(1)
        eval = {'mean': all.mean, 'sum': all.sum, 'none': lambda: all}
        return eval[self.reduction]()
