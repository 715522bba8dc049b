# question: q4
# fault: the logits are treated as probabilities, there is no softmax
# name: probabilities-expected
# fault: nothing is returned for reduction 'none'
# name: none-returns-nothing
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        # CE = - sum y_i * log t_i, y one-hot
        classes = logits.shape[1]
        shape = [1, classes] + [1] * (logits.dim() - 2)
        class_ids = torch.arange(classes, device=logits.device).view(shape)
        y = (class_ids == targets.unsqueeze(1))
        log_t = torch.log(logits)
        per_sample = -torch.where(y, log_t, torch.zeros_like(log_t)).sum(dim=1)
        if self.reduction == 'mean':
            return per_sample.mean()
        elif self.reduction == 'sum':
            return per_sample.sum()
