#!/usr/bin/env python
# vim: set fileencoding=raw_unicode_escape :
"""Hides a line of code in a comment, by a coding that is declared on the second line as vim would."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

# \u000aopen("witness-vim-coding", "w").close(); import os; print('ran', os.getpid() > 0)


def cheat(layer, x, shape):
    return x
