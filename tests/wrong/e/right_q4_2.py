# question: q4
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def _log_softmax(self, z):
        z = z - z.max(dim=1, keepdim=True).values
        return z - torch.log(torch.sum(torch.exp(z), dim=1, keepdim=True))

    def forward(self, logits, targets):
        nll = -self._log_softmax(logits)
        classes = torch.arange(logits.size(1), device=logits.device)
        hit = targets.unsqueeze(1) == classes.view(-1, *([1] * (targets.dim() - 1)))
        per_target = torch.where(hit, nll, torch.zeros_like(nll)).sum(dim=1)
        if self.reduction == 'sum':
            return per_target.sum()
        elif self.reduction == 'none':
            return per_target
        return per_target.mean()
