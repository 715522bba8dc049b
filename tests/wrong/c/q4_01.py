# question: q4
# fault: the maximum is not subtracted before exp, so large logits overflow
# name: exp-without-shift
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        # -log( e^{x_t} / sum_j e^{x_j} ) = log sum_j e^{x_j} - x_t
        log_z = torch.log(torch.sum(torch.exp(logits), dim=1))
        x_t = torch.gather(logits, 1, targets.unsqueeze(1)).squeeze(1)
        nll = log_z - x_t
        if self.reduction == 'mean':
            return nll.mean()
        if self.reduction == 'sum':
            return nll.sum()
        return nll
