# question: q1
# fault: the weight is re-viewed as (in, out) instead of being transposed, so its entries are scrambled
# name: transposed-weight
import torch, math
from torch import nn, Tensor

class CustomLinear(nn.Module):
    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        super(CustomLinear, self).__init__()
        self.n_in, self.n_out = in_features, out_features
        self.weight = nn.Parameter(torch.zeros((out_features, in_features)))
        if bias:
            self.bias = nn.Parameter(torch.zeros(out_features))
        else:
            self.register_parameter('bias', None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bound = 1 / math.sqrt(self.n_in)
        if self.bias is not None:
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, inp: Tensor) -> Tensor:
        # A^T has shape (in, out)
        A_T = self.weight.view(self.n_in, self.n_out)
        res = torch.einsum('...a,ab->...b', inp, A_T)
        return res if self.bias is None else res.add(self.bias)
