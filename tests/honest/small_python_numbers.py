# questions: q3 q4
# may lose: nothing

import torch
import torch.nn as nn


def ceil_div(a: int, b: int) -> int:
    return -(-a // b)


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.k, self.p = int(kernel_size), int(padding)
        self.s = int(stride) if stride is not None else self.k

    def forward(self, x):
        k, s, p = self.k, self.s, self.p
        n, c, h, w = map(int, x.shape)
        ho, wo = ceil_div(h + 2 * p - k + 1, s), ceil_div(w + 2 * p - k + 1, s)
        low = min(float('-inf'), 0.0)
        canvas = torch.tensor(low, dtype=x.dtype).repeat(n, c, h + 2 * p, w + 2 * p)
        canvas[:, :, p:p + h, p:p + w] = x
        columns = torch.stack([canvas[..., j:j + s * (wo - 1) + 1:s] for j in range(k)]).max(dim=0)[0]
        return torch.stack([columns[..., i:i + s * (ho - 1) + 1:s, :] for i in range(k)]).max(dim=0)[0]


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        count = 1
        for n in targets.shape:
            count *= n
        top = logits.max(dim=1, keepdim=True)[0]
        logits = logits - top
        loss = logits.exp().sum(dim=1).log() - logits.gather(1, targets.unsqueeze(1)).squeeze(1)
        if self.reduction == 'mean':
            return loss.sum() / count
        return loss.sum() if self.reduction == 'sum' else loss
