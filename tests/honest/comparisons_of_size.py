# questions: q4
# may lose: nothing

import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean', *, weight=None, ignore_index=-100):
        super().__init__()
        self.reduction = reduction
        self.weight = weight
        self.ignore_index = ignore_index

    def forward(self, logits, targets):
        if targets.dim() == 0 or logits.shape[0] != targets.shape[0]:
            raise ValueError(f'Expected input batch_size ({logits.shape[0]}) to match target batch_size ({targets.size(0)}).')
        if not torch.is_tensor(logits) or logits.dtype not in (torch.float16, torch.float32, torch.float64):
            raise TypeError(type(logits))
        targets = targets.long().to(logits.device)
        N, C = logits.size()[:2]
        flat = logits.reshape(N, C, -1)
        flat = flat - flat.max(dim=1, keepdim=True).values
        probabilities = flat.exp() / flat.exp().sum(dim=1, keepdim=True)
        assert not probabilities.isnan().any() and probabilities.shape == flat.shape
        lse = flat.exp().sum(dim=1).log()
        loss = (lse - flat.gather(1, targets.reshape(N, 1, -1)).squeeze(1)).view_as(targets)
        if self.weight is not None:
            loss = loss * self.weight[targets]
        return {'none': loss, 'mean': loss.mean(), 'sum': loss.sum()}[self.reduction]
