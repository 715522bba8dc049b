# question: q4
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        C = logits.shape[1]
        flat = logits.movedim(1, -1).reshape(targets.numel(), C)
        y = targets.reshape(-1)
        m = flat.max(dim=1, keepdim=True)[0]
        lse = torch.log(torch.exp(flat - m).sum(dim=1)) + m[:, 0]
        loss = lse - flat[torch.arange(len(y), device=y.device), y]
        if self.reduction == 'mean':
            return loss.mean()
        if self.reduction == 'sum':
            return loss.sum()
        return loss.reshape(targets.shape)
