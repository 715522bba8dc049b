# question: q4
# fault: the log-probabilities are picked with [arange(N), targets], which only works for logits of shape (N, C)
# name: rows-only
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        N = logits.shape[0]
        shifted = logits - torch.max(logits, dim=1, keepdim=True)[0]
        log_probs = shifted - torch.log(torch.sum(torch.exp(shifted), dim=1, keepdim=True))
        losses = -log_probs[torch.arange(N), targets]
        if self.reduction == "mean":
            return torch.mean(losses)
        elif self.reduction == "sum":
            return torch.sum(losses)
        return losses
