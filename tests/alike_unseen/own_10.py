import torch
import torch.nn as nn
import math

'''
I did not use any AI technologies in preparing or writing up this assignment.
'''

class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.Tensor(out_features, in_features))
        if bias:
            self.bias = nn.Parameter(torch.Tensor(out_features))
        else:
            self.bias = None
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            b = 1/math.sqrt(self.in_features)
            nn.init.uniform_(self.bias, -b, b)

    def forward(self, x):
        # y = x * W^T + b
        Wt = self.weight.t()
        y = torch.einsum('...i,io->...o', x, Wt)
        if self.bias is not None:
            y = y + self.bias
        return y

class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.weight = nn.Parameter(torch.Tensor(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.Tensor(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        b = 1/math.sqrt(self.in_channels*self.kernel_size*self.kernel_size)
        nn.init.uniform_(self.bias, -b, b)

    def forward(self, x):
        N, C, H, W = x.size()
        K = self.kernel_size
        S = self.stride
        P = self.padding
        Ho = int((H + 2*P - K)/S) + 1
        Wo = int((W + 2*P - K)/S) + 1
        u = torch.nn.functional.unfold(x, (K, K), padding=P, stride=S)
        u = u.view(N, C, K, K, Ho, Wo)
        y = torch.einsum('ncijhw,ocij->nohw', u, self.weight)
        y = y + self.bias.reshape(1, self.out_channels, 1, 1)
        return y

class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        if stride == None:
            stride = kernel_size
        self.stride = stride
        self.padding = padding

    def forward(self, x):
        N, C, H, W = x.size()
        K = self.kernel_size
        S = self.stride
        P = self.padding
        Ho = int((H + 2*P - K)/S) + 1
        Wo = int((W + 2*P - K)/S) + 1
        u = torch.nn.functional.unfold(x, (K, K), padding=P, stride=S)
        u = u.view(N, C, K*K, Ho, Wo)
        y = u.max(dim=2)[0]
        return y

class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        # log softmax, with the max taken out
        M = logits.max(dim=1, keepdim=True)[0]
        Z = (logits - M).exp().sum(dim=1, keepdim=True)
        logp = logits - M - Z.log()
        t = targets.unsqueeze(1)
        nll = -logp.gather(1, t)
        nll = nll.squeeze(1)
        if self.reduction == 'mean':
            nll = nll.mean()
        elif self.reduction == 'sum':
            nll = nll.sum()
        return nll
