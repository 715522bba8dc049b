# question: q4

import torch
import torch.nn as nn


class RowLoss(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z, t, reduction):
        top = z.max(dim=1, keepdim=True)[0]
        e = (z - top).exp()
        s = e.sum(dim=1, keepdim=True)
        ctx.save_for_backward(e / s, t)
        ctx.reduction = reduction
        rows = s.log() - (z.gather(1, t) - top)
        if reduction == 'none':
            return rows
        return rows.sum() if reduction == 'sum' else rows.mean()

    @staticmethod
    def backward(ctx, grad):
        p, t = ctx.saved_tensors
        slope = p - torch.zeros_like(p).scatter(1, t, 1.0)
        if ctx.reduction == 'mean':
            grad = grad / t.numel()
        return slope * grad, None, None


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        nn.Module.__init__(self)
        self.reduction = reduction

    def forward(self, logits, targets):
        out = RowLoss.apply(logits, targets.unsqueeze(1), self.reduction)
        return out.squeeze(1) if self.reduction == 'none' else out
