# questions: q1 q2 q3 q4
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
        y = torch.einsum("...i,oi->...o", x, self.weight)
        if self.bias is not None:
            y = y + self.bias
        return y

class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(out_channels))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))

    def forward(self, x):
        n, c, h, w = x.shape
        k, s, p = self.kernel_size, self.stride, self.padding
        cols = F.unfold(x, k, padding=p, stride=s)
        out = torch.einsum("ok,nkl->nol", self.weight.reshape(self.weight.shape[0], -1), cols)
        ho, wo = (h + 2 * p - k) // s + 1, (w + 2 * p - k) // s + 1
        return out.view(n, -1, ho, wo) + self.bias.view(1, -1, 1, 1)

class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size, self.stride, self.padding = kernel_size, stride if stride is not None else kernel_size, padding

    def forward(self, x):
        n, c, h, w = x.shape
        k, s, p = self.kernel_size, self.stride, self.padding
        if p > 0:
            padded = torch.full((n, c, h + 2 * p, w + 2 * p), float("-inf"), dtype=x.dtype, device=x.device)
            padded[:, :, p:p + h, p:p + w] = x
            x = padded
        win = x.unfold(2, k, s).unfold(3, k, s)
        return win.contiguous().view(*win.shape[:4], -1).max(dim=-1)[0]

class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        m = torch.max(logits, dim=1, keepdim=True)[0]
        z = logits - m
        lse = torch.log(torch.sum(torch.exp(z), dim=1))
        loss = lse - torch.gather(z, 1, targets.unsqueeze(1)).squeeze(1)
        if self.reduction == 'mean':
            return loss.mean()
        if self.reduction == 'sum':
            return loss.sum()
        return loss
