# Name: layers.py
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
        batch = x.shape[0]
        height = x.shape[2]
        width = x.shape[3]
        # make a bigger image which is 0 at the border
        new_x = torch.zeros((batch, self.in_channels, height + self.padding * 2, width + self.padding * 2))
        new_x[:, :, self.padding:height + self.padding, self.padding:width + self.padding] = x
        out_height = int((height - self.kernel_size + 2 * self.padding) / self.stride) + 1
        out_width = int((width - self.kernel_size + 2 * self.padding) / self.stride) + 1
        output = torch.zeros((batch, self.out_channels, out_height, out_width))
        for i in range(out_height):
            for j in range(out_width):
                # the part of the picture under the filter
                top = i * self.stride
                left = j * self.stride
                part = new_x[:, :, top:top + self.kernel_size, left:left + self.kernel_size]
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
        batch = x.shape[0]
        channels = x.shape[1]
        height = x.shape[2]
        width = x.shape[3]
        # make a bigger image which is -infinity at the border
        new_x = torch.ones((batch, channels, height + self.padding * 2, width + self.padding * 2)) * -float('inf')
        new_x[:, :, self.padding:height + self.padding, self.padding:width + self.padding] = x
        out_height = int((height - self.kernel_size + 2 * self.padding) / self.stride) + 1
        out_width = int((width - self.kernel_size + 2 * self.padding) / self.stride) + 1
        output = torch.zeros((batch, channels, out_height, out_width))
        for i in range(out_height):
            for j in range(out_width):
                top = i * self.stride
                left = j * self.stride
                part = new_x[:, :, top:top + self.kernel_size, left:left + self.kernel_size]
                part = part.reshape(batch, channels, -1)
                output[:, :, i, j] = torch.max(part, dim=2)[0]
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
        targets = targets.unsqueeze(1)
        loss = torch.gather(log_softmax, 1, targets)
        loss = -1 * loss.squeeze(1)
        if self.reduction == 'mean':
            return torch.mean(loss)
        elif self.reduction == 'sum':
            return torch.sum(loss)
        elif self.reduction == 'none':
            return loss
