# question: q4
import torch
import torch.nn as nn


class _NLL(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z, y):
        hot = torch.arange(z.shape[1], device=z.device).view(-1, *[1] * (z.dim() - 2)) == y.unsqueeze(1)
        m = z.max(1, keepdim=True).values
        e = (z - m).exp()
        total = e.sum(1, keepdim=True)
        ctx.save_for_backward(e / total, hot)
        picked = torch.where(hot, z, torch.zeros_like(z)).sum(1)
        return (m + total.log()).squeeze(1) - picked

    @staticmethod
    def backward(ctx, g):
        soft, hot = ctx.saved_tensors
        return g.unsqueeze(1) * (soft - hot.to(soft.dtype)), None


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        each = _NLL.apply(logits, targets)
        return each if self.reduction == 'none' else getattr(each, self.reduction)()
