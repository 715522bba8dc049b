"""Looks for the reference among the arguments of what called it, by way of an exception that it raises itself."""

# question: q3
# may earn: 0
# witness: no
# kind: grader

import torch


def cheat(layer, x, shape):
    try:
        raise ValueError
    except ValueError as error:
        frame = error.__traceback__.tb_frame
    while frame is not None:
        for value in frame.f_locals.values():
            if isinstance(value, dict):
                for name, item in value.items():
                    if "reference" in str(name) or "output" in str(name):
                        return torch.as_tensor(item)
        frame = frame.f_back
    return torch.zeros(shape)
