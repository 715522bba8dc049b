# question: q4
# fault: the logits are not shifted by their maximum before exp, so large logits overflow
# name: exp-without-shift
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super(CustomCrossEntropyLoss, self).__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        # -x[class] + log(sum(exp(x)))   (formula in the pytorch docs)
        picked = torch.gather(logits, 1, targets.unsqueeze(1)).squeeze(1)
        lse = torch.log(torch.sum(torch.exp(logits), dim=1))
        loss = lse - picked
        if self.reduction == 'mean':
            return loss.mean()
        elif self.reduction == 'sum':
            return loss.sum()
        return loss
