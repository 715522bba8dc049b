# Tarea 3 / Assignment 3
# Declaracion: I did not use any AI technologies in preparing or writing up this assignment.
import math
import torch
from torch import nn
from torch.nn import functional as F


def indices_ventana(salida, paso, nucleo):
    # fila i: las posiciones i*paso, i*paso+1, ..., i*paso+nucleo-1
    inicio = torch.arange(salida) * paso
    desplaz = torch.arange(nucleo)
    return inicio.view(-1, 1) + desplaz.view(1, -1)


class CustomLinear(nn.Module):

    def __init__(self, in_features, out_features, bias=True):
        super(CustomLinear, self).__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.zeros(out_features, in_features))
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            limite = 1.0 / math.sqrt(self.in_features)
            nn.init.uniform_(self.bias, -limite, limite)

    def forward(self, x):
        salida = torch.einsum('...e,se->...s', [x, self.weight])
        if self.bias is not None:
            salida = torch.add(salida, self.bias)
        return salida


class CustomConv2D(nn.Module):

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super(CustomConv2D, self).__init__()
        self.canales_entrada, self.canales_salida = in_channels, out_channels
        self.nucleo, self.paso, self.relleno = kernel_size, stride, padding
        self.weight = nn.Parameter(torch.zeros(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        limite = 1.0 / math.sqrt(self.canales_entrada * self.nucleo ** 2)
        nn.init.uniform_(self.bias, -limite, limite)

    def forward(self, x):
        lote, canales, alto, ancho = x.shape
        r = self.relleno
        grande = torch.zeros(lote, canales, alto + 2 * r, ancho + 2 * r).to(x)
        grande[..., r:r + alto, r:r + ancho] = x
        alto_s = (alto + 2 * r - self.nucleo) // self.paso + 1
        ancho_s = (ancho + 2 * r - self.nucleo) // self.paso + 1
        filas = indices_ventana(alto_s, self.paso, self.nucleo)
        cols = indices_ventana(ancho_s, self.paso, self.nucleo)
        # (lote, canales, alto_s, nucleo, ancho_s, nucleo)
        trozos = grande[:, :, filas[:, :, None, None], cols[None, None, :, :]]
        salida = torch.einsum('lcapbq,scpq->lsab', [trozos, self.weight])
        return salida + self.bias.view(1, self.canales_salida, 1, 1)


class CustomMaxPool2D(nn.Module):

    def __init__(self, kernel_size, stride=None, padding=0):
        super(CustomMaxPool2D, self).__init__()
        self.nucleo = kernel_size
        self.paso = stride or kernel_size
        self.relleno = padding

    def forward(self, x):
        lote, canales, alto, ancho = x.shape
        r = self.relleno
        grande = torch.full((lote, canales, alto + 2 * r, ancho + 2 * r), float('-inf')).to(x)
        grande[..., r:r + alto, r:r + ancho] = x
        alto_s = (alto + 2 * r - self.nucleo) // self.paso + 1
        ancho_s = (ancho + 2 * r - self.nucleo) // self.paso + 1
        filas = indices_ventana(alto_s, self.paso, self.nucleo)
        cols = indices_ventana(ancho_s, self.paso, self.nucleo)
        trozos = grande[:, :, filas[:, :, None, None], cols[None, None, :, :]]
        trozos = trozos.permute(0, 1, 2, 4, 3, 5)
        trozos = trozos.reshape(lote, canales, alto_s, ancho_s, self.nucleo ** 2)
        maximos, _ = torch.max(trozos, dim=-1)
        return maximos


class CustomCrossEntropyLoss(nn.Module):

    def __init__(self, reduction='mean'):
        super(CustomCrossEntropyLoss, self).__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        # log softmax estable
        maximo, _ = torch.max(logits, 1, True)
        exponencial = torch.exp(logits - maximo)
        log_suma = torch.log(torch.sum(exponencial, 1)) + maximo.squeeze(1)
        elegido = torch.take_along_dim(logits, targets.unsqueeze(1), 1).squeeze(1)
        perdida = log_suma - elegido
        if self.reduction == 'none':
            return perdida
        elif self.reduction == 'sum':
            return torch.sum(perdida)
        return torch.mean(perdida)
