# question: q4
# fault: the handwritten backward does not use the gradient that comes in but always divides by the number of samples, which is right for the mean only
# name: loss-backward-without-upstream

import torch
import torch.nn as nn


class SoftmaxNLL(torch.autograd.Function):
    """losses of rows (M, C); the gradient is softmax - onehot"""

    @staticmethod
    def forward(ctx, z, t):
        z = z - z.max(dim=1, keepdim=True)[0]
        e = z.exp()
        s = e.sum(dim=1, keepdim=True)
        ctx.save_for_backward(e / s, t)
        return (s.log() - z.gather(1, t[:, None]))[:, 0]

    @staticmethod
    def backward(ctx, grad_output):
        p, t = ctx.saved_tensors
        grad = p.clone()
        grad[torch.arange(p.shape[0]), t] -= 1
        return grad / grad.shape[0], None


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        c = logits.size(1)
        z = logits.movedim(1, -1).reshape(-1, c)
        losses = SoftmaxNLL.apply(z, targets.reshape(-1)).reshape(targets.shape)
        if self.reduction == 'sum':
            return losses.sum()
        if self.reduction == 'mean':
            return losses.mean()
        return losses
