# question: q4
# fault: one maximum of the whole tensor is subtracted from all rows, so exp underflows in rows that lie far below it
# name: one-shift-for-all
# fault: reduction='none' is not there, it gives the mean
# name: none-unhandled
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        logits = logits - torch.max(logits)   # stability
        exp_logits = torch.exp(logits)
        log_prob = logits - torch.log(torch.sum(exp_logits, dim=1, keepdim=True))
        # mask that is True at the right class
        classes = torch.arange(logits.shape[1], device=logits.device)
        classes = classes.reshape([1, -1] + [1] * (logits.dim() - 2))
        mask = targets.unsqueeze(1) == classes
        loss = -torch.where(mask, log_prob, torch.zeros_like(log_prob)).sum(dim=1)
        if self.reduction == 'sum':
            return loss.sum()
        else:
            return loss.mean()
