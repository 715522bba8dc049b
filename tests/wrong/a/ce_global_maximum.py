# question: q4
# fault: the maximum of the whole batch is subtracted instead of each sample's own, so samples with far smaller logits underflow to log(0)
# name: one-shift-for-all
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction: str = 'mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        stable = logits - logits.max()
        log_Z = stable.exp().sum(1).log()
        chosen = torch.take_along_dim(stable, targets[:, None], dim=1)[:, 0]
        loss = log_Z - chosen

        if self.reduction == 'none':
            return loss
        total = loss.sum()
        if self.reduction == 'sum':
            return total
        return total / loss.numel()
