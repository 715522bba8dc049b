# question: q4
# fault: the hand-written backward does not multiply by the incoming gradient
# name: loss-backward-without-upstream
# fault: the hand-written backward does not divide by the number of targets when the reduction is the mean
# name: backward-not-averaged
import torch
import torch.nn as nn


class SoftmaxCE(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, targets, reduction):
        a = logits - logits.max(dim=1, keepdim=True)[0]
        logZ = torch.log(torch.exp(a).sum(dim=1, keepdim=True))
        logq = a - logZ
        loss = -logq.gather(1, targets.unsqueeze(1)).squeeze(1)
        ctx.save_for_backward(logq, targets)
        ctx.reduction = reduction
        if reduction == "mean":
            return loss.mean()
        if reduction == "sum":
            return loss.sum()
        return loss

    @staticmethod
    def backward(ctx, grad_out):
        logq, targets = ctx.saved_tensors
        idx = targets.unsqueeze(1)
        # d loss / d logits = softmax - one_hot
        grad = torch.exp(logq)
        hot = torch.zeros_like(grad).scatter(1, idx, 1.0)
        grad = grad - hot
        return grad, None, None


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        return SoftmaxCE.apply(logits, targets, self.reduction)
