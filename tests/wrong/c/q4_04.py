# question: q4
# fault: logits with extra dimensions are reshaped to (-1, C) without first moving the class axis to the end
# name: classes-not-moved
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        num_classes = logits.shape[1]
        out_shape = targets.shape
        scores = logits.reshape(-1, num_classes)
        labels = targets.reshape(-1)

        m, _ = scores.max(dim=1, keepdim=True)
        lse = m.squeeze(1) + (scores - m).exp().sum(dim=1).log()
        losses = lse - scores[torch.arange(labels.shape[0], device=labels.device), labels]

        if self.reduction == 'none':
            return losses.reshape(out_shape)
        elif self.reduction == 'sum':
            return losses.sum()
        return losses.mean()
