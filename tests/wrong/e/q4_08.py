# question: q4
# fault: the hand-written backward does not divide by the number of targets when the reduction is 'mean'
# name: backward-not-averaged
import torch
import torch.nn as nn


class SoftmaxCE(torch.autograd.Function):
    @staticmethod
    def forward(ctx, scores, y, reduction):
        scores = scores - scores.max(dim=1, keepdim=True)[0]
        logp = scores - scores.exp().sum(dim=1, keepdim=True).log()
        loss = -logp.gather(1, y.unsqueeze(1)).squeeze(1)
        ctx.save_for_backward(logp.exp(), y)
        ctx.reduction = reduction
        if reduction == 'mean':
            return loss.mean()
        if reduction == 'sum':
            return loss.sum()
        return loss

    @staticmethod
    def backward(ctx, grad_loss):
        p, y = ctx.saved_tensors
        idx = y.unsqueeze(1)
        # dL/dz = p - onehot(y)
        dz = p.scatter(1, idx, p.gather(1, idx) - 1)
        if ctx.reduction == 'none':
            grad_loss = grad_loss.unsqueeze(1)
        return dz * grad_loss, None, None


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        return SoftmaxCE.apply(logits, targets, self.reduction)
