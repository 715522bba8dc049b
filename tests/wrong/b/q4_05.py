# question: q4
# fault: logits (N, C, d1, ...) are reshaped to (-1, C) without moving the class axis to the end
# name: classes-not-moved
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction: str = 'mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        C = logits.size(1)
        flat = logits.reshape(-1, C)
        labels = targets.reshape(-1)

        top = flat.max(dim=1, keepdim=True).values
        centred = flat - top
        log_norm = torch.log(torch.exp(centred).sum(dim=1))
        idx = torch.arange(flat.size(0), device=flat.device)
        each = log_norm - centred[idx, labels]

        if self.reduction == 'mean':
            return each.mean()
        if self.reduction == 'sum':
            return each.sum()
        return each.reshape(targets.shape)
