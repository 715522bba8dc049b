# I did not use any AI technologies in preparing or writing up this assignment.
import torch
import torch.nn as nn
import math


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super(CustomLinear, self).__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.randn(out_features, in_features) * 0.01)
        if bias == True:
            self.bias = nn.Parameter(torch.zeros(out_features))
        else:
            self.bias = None

    def forward(self, x):
        outputs = [torch.einsum('...i,i->...', x, row) for row in self.weight]
        if self.bias != None:
            outputs = [out + self.bias[j] for j, out in enumerate(outputs)]
        return torch.stack(outputs, dim=-1)


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super(CustomConv2D, self).__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, kernel_size, kernel_size) * 0.01)
        self.bias = nn.Parameter(torch.zeros(out_channels))

    def forward(self, x):
        n = x.shape[0]
        h = x.shape[2]
        w = x.shape[3]
        padded = torch.zeros((n, self.in_channels, h + self.padding * 2, w + self.padding * 2))
        padded[:, :, self.padding:h + self.padding, self.padding:w + self.padding] = x
        h_out = int((h - self.kernel_size + 2 * self.padding) / self.stride) + 1
        w_out = int((w - self.kernel_size + 2 * self.padding) / self.stride) + 1
        result = torch.zeros((n, self.out_channels, h_out, w_out))
        row = 0
        while row < h_out:
            col = 0
            while col < w_out:
                top = row * self.stride
                left = col * self.stride
                patch = padded[:, :, top:top + self.kernel_size, left:left + self.kernel_size]
                result[:, :, row, col] = torch.einsum('bcij,ocij->bo', patch, self.weight) + self.bias
                col += 1
            row += 1
        return result


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super(CustomMaxPool2D, self).__init__()
        self.kernel_size = kernel_size
        if stride == None:
            self.stride = kernel_size
        else:
            self.stride = stride
        self.padding = padding

    def forward(self, x):
        n = x.shape[0]
        c = x.shape[1]
        h = x.shape[2]
        w = x.shape[3]
        padded = torch.ones((n, c, h + self.padding * 2, w + self.padding * 2)) * -float('inf')
        padded[:, :, self.padding:h + self.padding, self.padding:w + self.padding] = x
        h_out = int((h - self.kernel_size + 2 * self.padding) / self.stride) + 1
        w_out = int((w - self.kernel_size + 2 * self.padding) / self.stride) + 1
        result = torch.zeros((n, c, h_out, w_out))
        row = 0
        while row < h_out:
            col = 0
            while col < w_out:
                top = row * self.stride
                left = col * self.stride
                patch = padded[:, :, top:top + self.kernel_size, left:left + self.kernel_size]
                patch = patch.reshape(n, c, -1)
                result[:, :, row, col] = torch.max(patch, dim=2)[0]
                col += 1
            row += 1
        return result


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super(CustomCrossEntropyLoss, self).__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        mx = torch.max(logits, dim=1, keepdim=True)[0]
        logits = logits - mx
        denom = torch.exp(logits).sum(dim=1, keepdim=True)
        log_softmax = logits - torch.log(denom)
        targets = targets.unsqueeze(1)
        loss = torch.gather(log_softmax, 1, targets)
        loss = -1 * loss.squeeze(1)
        if self.reduction == 'mean':
            return torch.mean(loss)
        elif self.reduction == 'sum':
            return torch.sum(loss)
        elif self.reduction == 'none':
            return loss
