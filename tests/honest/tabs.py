# questions: q3
# may lose: nothing

import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomMaxPool2D(nn.Module):
	def __init__(self, kernel_size, stride=None, padding=0):
		super().__init__()
		self.kernel_size, self.stride, self.padding = kernel_size, stride if stride is not None else kernel_size, padding

	def forward(self, x):
		n, c, h, w = x.shape
		k, s, p = self.kernel_size, self.stride, self.padding
		if p > 0:
			padded = torch.full((n, c, h + 2 * p, w + 2 * p), float("-inf"), dtype=x.dtype, device=x.device)
			padded[:, :, p:p + h, p:p + w] = x
			x = padded
		win = x.unfold(2, k, s).unfold(3, k, s)
		return win.contiguous().view(*win.shape[:4], -1).max(dim=-1)[0]
