# question: q4
# fault: the softmax is taken over the last dimension instead of dimension 1
# name: softmax-over-last-dimension
# fault: the logits are cast to float32, so a double input gives a float32 loss
# name: -
# fault: reduction 'sum' adds up over the batch only and leaves the other dimensions
# name: sum-over-batch-only
from typing import Callable, Dict

import torch
import torch.nn as nn


def _log_probs(scores: torch.Tensor) -> torch.Tensor:
    peak = scores.max(-1, keepdim=True).values
    scores = scores - peak
    return scores - scores.exp().sum(-1, keepdim=True).log()


_REDUCE: Dict[str, Callable] = {
    'mean': lambda v: v.mean(),
    'sum': lambda v: v.sum(0),
    'none': lambda v: v,
}


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction: str = 'mean') -> None:
        super().__init__()
        if reduction not in _REDUCE:
            raise ValueError(f'unknown reduction {reduction}')
        self.reduction = reduction

    def forward(self, logits, targets):
        lp = _log_probs(logits.float())
        per_item = -torch.gather(lp, 1, targets.unsqueeze(1))
        return _REDUCE[self.reduction](per_item[:, 0])
