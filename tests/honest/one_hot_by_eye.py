# questions: q4
# may lose: nothing

import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        assert reduction in ('mean', 'sum', 'none'), f'{reduction=}'
        self.reduction = reduction

    def forward(self, logits, targets):
        C = logits.shape[1]
        hot = torch.eye(C, dtype=logits.dtype, device=logits.device)[targets].movedim(-1, 1)
        z = logits - logits.max(dim=1, keepdim=True).values
        log_prob = z - torch.log(torch.exp(z).sum(dim=1, keepdim=True))
        loss = -(hot * log_prob).sum(1)
        match self.reduction:
            case 'mean':
                return loss.mean()
            case 'sum':
                return loss.sum()
            case _:
                return loss
