# questions: q1 q4
# may lose: nothing

import torch, math; from torch import nn

class CustomLinear(nn.Module):
    def __init__(s, in_features, out_features, bias=True): super().__init__(); i, o = in_features, out_features; s.weight = nn.Parameter(torch.randn(o, i) / math.sqrt(i)); s.bias = nn.Parameter(torch.zeros(o)) if bias else None
    forward = lambda s, x: torch.einsum('...i,oi->...o', x, s.weight) + (s.bias if s.bias is not None else 0)

class CustomCrossEntropyLoss(nn.Module):
    def __init__(s, reduction='mean'): super().__init__(); s.r = reduction
    def forward(s, x, t): z = x - x.max(1, True)[0]; l = z.exp().sum(1).log() - z.gather(1, t[:, None])[:, 0]; return l if s.r == 'none' else l.mean() if s.r == 'mean' else l.sum()
