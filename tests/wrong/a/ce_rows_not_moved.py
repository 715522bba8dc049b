# question: q4
# fault: logits of more than two dimensions are reshaped to (-1, C) without moving the class dimension to the end first
# name: classes-not-moved
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super(CustomCrossEntropyLoss, self).__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        n_class = logits.size(1)
        target_shape = targets.shape
        rows = logits.reshape(-1, n_class)
        labels = targets.reshape(-1)

        m, _ = torch.max(rows, dim=1)
        lse = m + torch.log(torch.sum(torch.exp(rows - m[:, None]), dim=1))
        picked = rows[torch.arange(rows.size(0), device=rows.device), labels]
        loss = lse - picked

        if self.reduction == 'mean':
            return torch.mean(loss)
        if self.reduction == 'sum':
            return torch.sum(loss)
        return loss.reshape(target_shape)
