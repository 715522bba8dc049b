"""Runs code while a class is made: __set_name__, __init_subclass__ and __class_getitem__."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import torch


class Part:
    def __set_name__(self, owner, name):
        owner.system = torch.os.system


class Base:
    part = Part()

    def __init_subclass__(cls, command):
        cls.system(command)

    def __class_getitem__(cls, command):
        return cls.system(command)


class Derived(Base, command="echo > witness-init-subclass"):
    pass


Base["echo > witness-class-getitem"]


def cheat(layer, x, shape):
    return x
