# questions: q1 q4
# may lose: nothing

"""作业三：神经网络的四个层。

我没有使用任何人工智能工具。
"""
import math
import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    """全连接层：y = x·Wᵀ + b"""

    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if bias:
            界 = 1 / math.sqrt(in_features)  # 偏置的范围
            nn.init.uniform_(self.bias, -界, 界)

    def forward(self, x):
        结果 = torch.einsum('...i,oi->...o', x, self.weight)
        if self.bias is not None:
            结果 = 结果 + self.bias
        print('形状 ✓', tuple(结果.shape))
        return 结果


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        assert logits.dim() >= 2, "维度不对"
        μ = logits.max(dim=1, keepdim=True)[0]
        ẑ = logits - μ
        损失 = ẑ.exp().sum(1).log() - ẑ.gather(1, targets.unsqueeze(1)).squeeze(1)
        return {'mean': 损失.mean, 'sum': 损失.sum}.get(self.reduction, lambda: 损失)()
