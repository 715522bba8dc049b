# question: q1
# fault: the handwritten backward divides the gradient of the weight by the number of samples
# name: linear-backward-weight-averaged

import torch
import torch.nn as nn


class LinearFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input, weight, bias):
        ctx.save_for_backward(input, weight)
        ctx.has_bias = bias is not None
        output = torch.einsum("...i,oi->...o", input, weight)
        if bias is not None:
            output = output + bias
        return output

    @staticmethod
    def backward(ctx, grad_output):
        input, weight = ctx.saved_tensors
        flat_in = input.reshape(-1, input.shape[-1])
        flat_grad = grad_output.reshape(-1, grad_output.shape[-1])
        grad_input = torch.einsum("...o,oi->...i", grad_output, weight)
        grad_weight = torch.einsum("bo,bi->oi", flat_grad, flat_in) / flat_in.shape[0]
        grad_bias = flat_grad.sum(0) if ctx.has_bias else None
        return grad_input, grad_weight, grad_bias


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super(CustomLinear, self).__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        nn.init.kaiming_uniform_(self.weight, a=5 ** 0.5)
        if bias:
            bound = in_features ** -0.5
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        return LinearFunction.apply(x, self.weight, self.bias)
