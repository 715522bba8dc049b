"""
Hausaufgabe 3: Schichten eines neuronalen Netzes

I did not use any AI technologies in preparing or writing up this assignment.
"""
import math

import torch
import torch.nn as nn


def fenster(bild, groesse, schritt):
    """Alle Fenster als Sicht auf denselben Speicher (es wird nichts kopiert)."""
    bild = bild.contiguous()
    anzahl, kanaele, hoehe, breite = bild.shape
    s0, s1, s2, s3 = bild.stride()
    zeilen = (hoehe - groesse) // schritt + 1
    spalten = (breite - groesse) // schritt + 1
    return torch.as_strided(bild, (anzahl, kanaele, zeilen, spalten, groesse, groesse),
                           (s0, s1, s2 * schritt, s3 * schritt, s2, s3))


def rand(bild, breite, wert):
    """Ein Rand um das Bild, der ueberall denselben Wert hat."""
    if breite == 0:
        return bild
    n, c, h, w = bild.shape
    oben = torch.full((n, c, breite, w), wert, dtype=bild.dtype)
    bild = torch.cat([oben, bild, oben], dim=2)
    links = torch.full((n, c, h + 2 * breite, breite), wert, dtype=bild.dtype)
    return torch.cat([links, bild, links], dim=3)


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        if reduction not in ('mean', 'sum', 'none'):
            raise ValueError('unbekannte Reduktion: ' + str(reduction))
        self.reduction = reduction

    def forward(self, logits, targets):
        ziel = targets.unsqueeze(1)
        richtig = logits.gather(1, ziel)
        abstand = logits - richtig        # der richtige Eintrag ist jetzt 0
        spitze = torch.max(abstand, 1, keepdim=True)[0]
        verlust = spitze + torch.log(torch.sum(torch.exp(abstand - spitze), 1, keepdim=True))
        verlust = torch.squeeze(verlust, 1)
        if self.reduction == 'none':
            return verlust
        summe = verlust.sum()
        return summe if self.reduction == 'sum' else summe / verlust.numel()


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        grenze = in_features ** -0.5
        # kaiming_uniform_ mit a=sqrt(5) ist gerade die Gleichverteilung in +-1/sqrt(in_features)
        self.weight = nn.Parameter(torch.empty(out_features, in_features).uniform_(-grenze, grenze))
        self.bias = nn.Parameter(torch.empty(out_features).uniform_(-grenze, grenze)) if bias else None

    def forward(self, eingabe):
        ausgabe = torch.einsum('...i,oi->...o', eingabe, self.weight)
        if self.bias is None:
            return ausgabe
        return ausgabe + self.bias


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kern = kernel_size
        self.schritt = stride if stride is not None else kernel_size
        self.polster = padding

    def forward(self, eingabe):
        gepolstert = rand(eingabe, self.polster, -math.inf)
        stuecke = fenster(gepolstert, self.kern, self.schritt)
        groesstes, _ = torch.max(torch.flatten(stuecke, 4), dim=4)
        return groesstes


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.kern = kernel_size
        self.schritt = stride
        self.polster = padding
        grenze = (in_channels * kernel_size ** 2) ** -0.5
        form = (out_channels, in_channels, kernel_size, kernel_size)
        self.weight = nn.Parameter(torch.empty(form).uniform_(-grenze, grenze))
        self.bias = nn.Parameter(torch.empty(out_channels).uniform_(-grenze, grenze))

    def forward(self, eingabe):
        gepolstert = rand(eingabe, self.polster, 0.0)
        stuecke = fenster(gepolstert, self.kern, self.schritt)
        ausgabe = torch.einsum('ocij,ncxyij->noxy', self.weight, stuecke)
        return ausgabe + self.bias.view(-1, 1, 1)
