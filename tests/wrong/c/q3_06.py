# question: q3
# fault: every zero in the unfolded columns is turned into minus infinity to undo the zero padding, so real zeros of the input are lost too
# name: zeros-taken-for-padding
# fault: the result is reshaped to (N, C, W_out, H_out), height and width swapped
# name: pool-sizes-swapped
import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride if stride is not None else kernel_size
        self.padding = padding

    def forward(self, x):
        N, C, H, W = x.shape
        K = self.kernel_size
        H_new = 1 + (H + 2 * self.padding - K) // self.stride
        W_new = 1 + (W + 2 * self.padding - K) // self.stride
        # channels go to the batch so that unfold treats them one by one
        cols = F.unfold(x.reshape(N * C, 1, H, W), kernel_size=K, padding=self.padding, stride=self.stride)
        minus_inf = torch.full_like(cols, float('-inf'))
        cols = torch.where(cols == 0, minus_inf, cols)
        out, _ = torch.max(cols, dim=1)
        return out.reshape(N, C, W_new, H_new)
