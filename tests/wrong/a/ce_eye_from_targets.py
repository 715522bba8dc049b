# question: q4
# fault: the number of classes of the one-hot matrix is taken from the largest target instead of from the logits
# name: one-hot-too-narrow
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):

    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        logits = logits.movedim(1, -1)
        # stable log softmax
        shift = logits - logits.max(-1, keepdim=True).values
        logp = shift - shift.exp().sum(-1, keepdim=True).log()

        classes = int(targets.max()) + 1
        onehot = torch.eye(classes, dtype=torch.bool, device=logits.device)[targets]
        ce = -torch.where(onehot, logp, torch.zeros_like(logp)).sum(-1)

        if self.reduction == 'mean':
            return ce.mean()
        if self.reduction == 'sum':
            return ce.sum()
        return ce
