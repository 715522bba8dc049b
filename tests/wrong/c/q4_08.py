# question: q4
# fault: the softmax is taken over the last axis (dim=-1) instead of the class axis 1
# name: softmax-over-last-dimension
# fault: the branch for 'sum' has no return, so forward gives None
# name: loss-return-forgotten
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        biggest = torch.max(logits, dim=-1, keepdim=True).values
        centred = logits - biggest
        log_prob = centred - centred.exp().sum(dim=-1, keepdim=True).log()

        target_idx = targets.unsqueeze(1)
        loss = -1 * log_prob.gather(dim=1, index=target_idx)
        loss = loss.squeeze(dim=1)

        if self.reduction == 'mean':
            return loss.mean()
        elif self.reduction == 'sum':
            loss.sum()
        else:
            return loss
