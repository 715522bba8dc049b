# Name: layers.py
# I did not use any AI technologies in preparing or writing up this assignment.
import torch
import torch.nn as nn
import math


def pad_image(x, padding, value):
    n, c, h, w = x.shape
    new_x = torch.ones((n, c, h + padding * 2, w + padding * 2)) * value
    new_x[:, :, padding:h + padding, padding:w + padding] = x
    return new_x


def window(x, i, j, stride, kernel_size):
    return x[:, :, i * stride:i * stride + kernel_size, j * stride:j * stride + kernel_size]


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
        # y_j = sum_i w_ji x_i + w_j0
        outputs = []
        for j in range(self.out_features):
            yj = torch.einsum('...i,i->...', x, self.weight[j])
            if self.bias != None:
                yj = yj + self.bias[j]
            outputs.append(yj)
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
        batch, _, height, width = x.shape
        new_x = pad_image(x, self.padding, 0)
        out_height = int((height - self.kernel_size + 2 * self.padding) / self.stride) + 1
        out_width = int((width - self.kernel_size + 2 * self.padding) / self.stride) + 1
        output = torch.zeros((batch, self.out_channels, out_height, out_width))
        for i in range(out_height):
            for j in range(out_width):
                part = window(new_x, i, j, self.stride, self.kernel_size)
                output[:, :, i, j] = torch.einsum('bcij,ocij->bo', part, self.weight) + self.bias
        return output


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
        batch, channels, height, width = x.shape
        new_x = pad_image(x, self.padding, -float('inf'))
        out_height = int((height - self.kernel_size + 2 * self.padding) / self.stride) + 1
        out_width = int((width - self.kernel_size + 2 * self.padding) / self.stride) + 1
        output = torch.zeros((batch, channels, out_height, out_width))
        for i in range(out_height):
            for j in range(out_width):
                part = window(new_x, i, j, self.stride, self.kernel_size)
                output[:, :, i, j] = torch.max(part.reshape(batch, channels, -1), dim=2)[0]
        return output


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super(CustomCrossEntropyLoss, self).__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        # softmax, the maximum is subtracted so that exp does not overflow
        maximum = torch.max(logits, dim=1, keepdim=True)[0]
        logits = logits - maximum
        total = torch.exp(logits).sum(dim=1, keepdim=True)
        log_softmax = logits - torch.log(total)
        loss = -1 * torch.gather(log_softmax, 1, targets.unsqueeze(1)).squeeze(1)
        if self.reduction == 'mean':
            return torch.mean(loss)
        elif self.reduction == 'sum':
            return torch.sum(loss)
        elif self.reduction == 'none':
            return loss
