# question: q4
# fault: the formula of the binary cross entropy is used: the other classes add their log(1 - p) to the loss
# name: binary-cross-entropy

import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        assert reduction in ('mean', 'sum', 'none')
        self.reduction = reduction

    def forward(self, logits, targets):
        n_class = logits.shape[1]
        view = [1, n_class] + [1] * (logits.dim() - 2)
        classes = torch.arange(n_class, device=logits.device).view(view)
        y = targets.unsqueeze(1) == classes                           # one-hot
        m = logits.max(dim=1, keepdim=True).values
        e = torch.exp(logits - m)
        total = e.sum(dim=1, keepdim=True)
        log_p = logits - m - torch.log(total)
        # CE = -(y log p + (1 - y) log(1 - p))
        log_q = torch.log((total - e + 1e-12) / total)
        entropy = -torch.where(y, log_p, log_q).sum(dim=1)
        if self.reduction == 'mean':
            return torch.mean(entropy)
        if self.reduction == 'sum':
            return torch.sum(entropy)
        return entropy
