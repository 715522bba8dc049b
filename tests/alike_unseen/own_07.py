# I did not use any AI technologies in preparing or writing up this assignment.
import math
import torch
from torch import nn
import torch.nn.functional as F


class CustomLinear(nn.Module):

    def __init__(self, in_features, out_features, bias=True):
        super(CustomLinear, self).__init__()
        self.weight = nn.Parameter(torch.empty((out_features, in_features)))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if bias:
            self.bias = nn.Parameter(torch.empty(out_features))
            bound = 1 / math.sqrt(in_features)
            nn.init.uniform_(self.bias, -bound, bound)
        else:
            self.register_parameter('bias', None)

    def forward(self, x):
        output = torch.einsum('...i,ji->...j', x, self.weight)
        if self.bias is not None:
            output += self.bias
        return output


class CustomConv2D(nn.Module):

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super(CustomConv2D, self).__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bound = 1 / math.sqrt(in_channels * kernel_size * kernel_size)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        batch_size, _, height, width = x.shape
        # output size
        out_h = (height + 2 * self.padding - self.kernel_size) // self.stride + 1
        out_w = (width + 2 * self.padding - self.kernel_size) // self.stride + 1
        # im2col
        x_unf = F.unfold(x, kernel_size=self.kernel_size, padding=self.padding, stride=self.stride)
        w_flat = self.weight.view(self.out_channels, -1)
        # multiply
        out = torch.einsum('bil,oi->bol', x_unf, w_flat)
        # col2im
        out = out.reshape(batch_size, self.out_channels, out_h, out_w)
        return out + self.bias.view(1, -1, 1, 1)


class CustomMaxPool2D(nn.Module):

    def __init__(self, kernel_size, stride=None, padding=0):
        super(CustomMaxPool2D, self).__init__()
        self.kernel_size = kernel_size
        self.stride = stride or kernel_size
        self.padding = padding

    def forward(self, x):
        batch_size, channels, height, width = x.shape
        out_h = (height + 2 * self.padding - self.kernel_size) // self.stride + 1
        out_w = (width + 2 * self.padding - self.kernel_size) // self.stride + 1
        # pad by hand, unfold pads with 0 which is wrong for negative values
        x_pad = torch.ones(batch_size, channels, height + 2 * self.padding,
                           width + 2 * self.padding, dtype=x.dtype, device=x.device)
        x_pad = x_pad * float('-inf')
        x_pad[:, :, self.padding:self.padding + height, self.padding:self.padding + width] = x
        x_unf = F.unfold(x_pad, kernel_size=self.kernel_size, stride=self.stride)
        x_unf = x_unf.view(batch_size, channels, self.kernel_size ** 2, out_h * out_w)
        out, _ = torch.max(x_unf, dim=2)
        return out.view(batch_size, channels, out_h, out_w)


class CustomCrossEntropyLoss(nn.Module):

    def __init__(self, reduction='mean'):
        super(CustomCrossEntropyLoss, self).__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        # subtract max so that exp does not overflow
        max_logits, _ = torch.max(logits, dim=1, keepdim=True)
        stable = logits - max_logits
        log_softmax = stable - torch.log(torch.sum(torch.exp(stable), dim=1, keepdim=True))
        # choose the log probability of the target class
        loss = -torch.gather(log_softmax, dim=1, index=targets.unsqueeze(1)).squeeze(1)
        if self.reduction == 'mean':
            return torch.mean(loss)
        if self.reduction == 'sum':
            return torch.sum(loss)
        return loss
