# question: q4
# fault: the hand-written backward ignores the incoming gradient and always returns softmax - onehot
# name: loss-backward-without-upstream
import torch
import torch.nn as nn


class SoftmaxNLL(torch.autograd.Function):
    """per-sample loss; d loss / d z = softmax(z) - onehot(t)"""

    @staticmethod
    def forward(ctx, z, t):
        top = z.max(dim=1, keepdim=True).values
        e = torch.exp(z - top)
        s = e.sum(dim=1, keepdim=True)
        ctx.save_for_backward(e / s, t)
        picked = (z - top).gather(1, t.view(-1, 1))
        return (torch.log(s) - picked).view(-1)

    @staticmethod
    def backward(ctx, grad_output):
        soft, t = ctx.saved_tensors
        dz = soft.clone()
        dz[torch.arange(t.shape[0], device=t.device), t] -= 1
        return dz, None


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        C = logits.shape[1]
        z = logits.movedim(1, -1).reshape(-1, C)
        loss = SoftmaxNLL.apply(z, targets.reshape(-1))
        if self.reduction == 'mean':
            return loss.mean()
        if self.reduction == 'sum':
            return loss.sum()
        return loss.view(targets.shape)
