# question: q4
# fault: for stability the logits are divided by their largest value instead of having it subtracted, which changes the softmax
# name: divided-by-maximum
# fault: the mean divides by the batch size only, also when there are several targets a sample
# name: mean-over-batch-only

import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        batch = logits.shape[0]
        # keep exp() from overflowing
        peak = logits.detach().abs().max(dim=1, keepdim=True)[0]
        scaled = logits / peak
        log_sum = scaled.exp().sum(dim=1).log()
        hit = torch.take_along_dim(scaled, targets.unsqueeze(1), dim=1).squeeze(1)
        loss = log_sum - hit
        if self.reduction == 'none':
            return loss
        loss = loss.sum()
        if self.reduction == 'mean':
            loss = loss / batch
        return loss
