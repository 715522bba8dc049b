# Declaration: I did not use any AI technologies in preparing or writing up this assignment.
import math
import torch
from torch import nn
from torch.nn import functional as F


def window_indices(out, stride, kernel):
    # row i holds the pixels below the kernel at step i
    start = torch.arange(out) * stride
    offset = torch.arange(kernel)
    return start.view(-1, 1) + offset.view(1, -1)


class CustomLinear(nn.Module):

    def __init__(self, in_features, out_features, bias=True):
        super(CustomLinear, self).__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.zeros(out_features, in_features))
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1.0 / math.sqrt(self.in_features)
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        out = torch.einsum('...i,oi->...o', [x, self.weight])
        if self.bias is not None:
            out = torch.add(out, self.bias)
        return out


class CustomConv2D(nn.Module):

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super(CustomConv2D, self).__init__()
        self.in_ch, self.out_ch = in_channels, out_channels
        self.kernel, self.stride, self.pad = kernel_size, stride, padding
        self.weight = nn.Parameter(torch.zeros(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bound = 1.0 / math.sqrt(self.in_ch * self.kernel ** 2)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        batch, channels, height, width = x.shape
        p = self.pad
        padded = torch.zeros(batch, channels, height + 2 * p, width + 2 * p).to(x)
        padded[..., p:p + height, p:p + width] = x
        out_h = (height + 2 * p - self.kernel) // self.stride + 1
        out_w = (width + 2 * p - self.kernel) // self.stride + 1
        rows = window_indices(out_h, self.stride, self.kernel)
        cols = window_indices(out_w, self.stride, self.kernel)
        # (batch, channels, out_h, kernel, out_w, kernel)
        patches = padded[:, :, rows[:, :, None, None], cols[None, None, :, :]]
        out = torch.einsum('ncapbq,ocpq->noab', [patches, self.weight])
        return out + self.bias.view(1, self.out_ch, 1, 1)


class CustomMaxPool2D(nn.Module):

    def __init__(self, kernel_size, stride=None, padding=0):
        super(CustomMaxPool2D, self).__init__()
        self.kernel = kernel_size
        self.stride = stride or kernel_size
        self.pad = padding

    def forward(self, x):
        batch, channels, height, width = x.shape
        p = self.pad
        padded = torch.full((batch, channels, height + 2 * p, width + 2 * p), float('-inf')).to(x)
        padded[..., p:p + height, p:p + width] = x
        out_h = (height + 2 * p - self.kernel) // self.stride + 1
        out_w = (width + 2 * p - self.kernel) // self.stride + 1
        rows = window_indices(out_h, self.stride, self.kernel)
        cols = window_indices(out_w, self.stride, self.kernel)
        patches = padded[:, :, rows[:, :, None, None], cols[None, None, :, :]]
        patches = patches.permute(0, 1, 2, 4, 3, 5)
        patches = patches.reshape(batch, channels, out_h, out_w, self.kernel ** 2)
        result, _ = torch.max(patches, dim=-1)
        return result


class CustomCrossEntropyLoss(nn.Module):

    def __init__(self, reduction='mean'):
        super(CustomCrossEntropyLoss, self).__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        # stable log sum exp
        max_val, _ = torch.max(logits, 1, True)
        exps = torch.exp(logits - max_val)
        lse = torch.log(torch.sum(exps, 1)) + max_val.squeeze(1)
        picked = torch.take_along_dim(logits, targets.unsqueeze(1), 1).squeeze(1)
        loss = lse - picked
        if self.reduction == 'none':
            return loss
        elif self.reduction == 'sum':
            return torch.sum(loss)
        return torch.mean(loss)
