# questions: q1 q3
# may lose: nothing

import torch
import torch.nn as nn
import torch.nn.functional as F


class ReferenceNet(nn.Module):
    """What the layers are compared with, by hand."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.pool = nn.MaxPool2d(2)
        self.fc = nn.Linear(4 * 13 * 13, 10)

    def forward(self, x):
        x = F.relu(self.pool(self.conv(x)))
        return F.log_softmax(self.fc(x.view(x.size(0), -1)), dim=1)


class MyNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(CustomConv2D(1, 4, 3), nn.ReLU(), CustomMaxPool2D(2), nn.Flatten(), CustomLinear(676, 10))

    def forward(self, x):
        return self.layers(x)


def train(model, loader, epochs=1):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    for epoch in range(epochs):
        for x, y in loader:
            optimizer.zero_grad()
            loss = CustomCrossEntropyLoss()(model(x), y)
            loss.backward()
            optimizer.step()
        print(epoch, loss.item())


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(out_features, in_features))
        self.bias = nn.Parameter(torch.rand(out_features)) if bias else None

    def forward(self, x):
        return torch.einsum('...i,oi->...o', x, self.weight) + (0 if self.bias is None else self.bias)


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.k, self.s, self.p = kernel_size, stride or kernel_size, padding

    def forward(self, x):
        p = self.p
        big = torch.ones(x.shape[0], x.shape[1], x.shape[2] + 2 * p, x.shape[3] + 2 * p) * -torch.inf
        big[:, :, p:p + x.shape[2], p:p + x.shape[3]] = x
        windows = big.unfold(2, self.k, self.s).unfold(3, self.k, self.s)
        return windows.max(-1)[0].max(-1)[0]
