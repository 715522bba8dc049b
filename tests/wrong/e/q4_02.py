# question: q4
# fault: the log is taken of the finished softmax, so a probability that underflows to 0 gives an infinite loss
# name: log-after-softmax
import torch
import torch.nn as nn

class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super(CustomCrossEntropyLoss, self).__init__()
        self.reduction = reduction

    def softmax(self, z):
        # subtract max for numerical stability
        z_max, _ = z.max(dim=1, keepdim=True)
        e = torch.exp(z - z_max)
        return e / e.sum(dim=1, keepdim=True)

    def forward(self, logits, targets):
        probs = self.softmax(logits)
        p_target = probs.gather(1, targets.unsqueeze(1)).squeeze(1)
        nll = -torch.log(p_target)
        if self.reduction == 'none':
            return nll
        if self.reduction == 'sum':
            return nll.sum()
        return nll.mean()
