# question: q4
# fault: the mean runs over all entries of the one-hot product, so the loss is divided by the number of classes as well
# name: mean-over-classes
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        num_classes = logits.shape[1]
        one_hot = torch.eye(num_classes, dtype=logits.dtype, device=logits.device)[targets]
        one_hot = one_hot.movedim(-1, 1)

        logits = logits - logits.max(dim=1, keepdim=True)[0]
        log_p = logits - logits.exp().sum(dim=1, keepdim=True).log()
        ce = -one_hot * log_p

        if self.reduction == 'mean':
            return ce.mean()
        if self.reduction == 'sum':
            return ce.sum()
        return ce.sum(dim=1)
