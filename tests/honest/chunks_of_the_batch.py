# questions: q1 q2 q3 q4
# may lose: nothing

import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(out_features, in_features))
        self.bias = nn.Parameter(torch.rand(out_features)) if bias else None

    def forward(self, x):
        rows = x.reshape(-1, x.shape[-1])
        outs = []
        for part in rows.chunk(3):  # not all at once, to spare memory
            out = torch.einsum('bi,oi->bo', part, self.weight)
            outs.append(out)
        y = torch.cat(outs).reshape(*x.shape[:-1], -1)
        return y + self.bias if self.bias is not None else y


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.k, self.s, self.p = kernel_size, stride, padding
        self.weight = nn.Parameter(torch.rand(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.rand(out_channels))

    def forward(self, x):
        ho = (x.shape[2] + 2 * self.p - self.k) // self.s + 1
        w = self.weight.flatten(1)
        halves = torch.tensor_split(x, 2)
        outs = [torch.einsum('ok,nkl->nol', w, F.unfold(half, self.k, 1, self.p, self.s)) for half in halves if len(half)]
        y = torch.cat(outs, 0)
        return y.unflatten(2, (ho, -1)) + self.bias.reshape(1, -1, 1, 1)


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.k, self.s, self.p = kernel_size, stride or kernel_size, padding

    def forward(self, x):
        k, s, p = self.k, self.s, self.p
        parts = []
        for part in x.split((x.shape[0] + 1) // 2):
            big = part.new_full((*part.shape[:2], part.shape[2] + 2 * p, part.shape[3] + 2 * p), float('-inf'))
            big[..., p:part.shape[2] + p, p:part.shape[3] + p] = part
            parts += [big.unfold(-2, k, s).unfold(-2, k, s).flatten(-2).max(-1)[0]]
        return torch.cat(parts)


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        top, _ = logits.max(1, keepdim=True)
        z = logits - top
        loss = z.exp().sum(1).log() - z.gather(1, targets[:, None])[:, 0]
        if self.reduction == 'none':
            return loss
        total = loss.sum()
        return total / loss.numel() if self.reduction == 'mean' else total
