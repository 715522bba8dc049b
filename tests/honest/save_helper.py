# questions: q1 q2 q3 q4
# may lose: nothing

import math
import torch
import torch.nn as nn
import torch.nn.functional as F


def save_model(model, path='model.pt'):
    torch.save(model.state_dict(), path)
