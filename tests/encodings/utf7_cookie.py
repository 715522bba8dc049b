# coding: utf-7
# question: q3
# may earn: 0
# +AAo-print(1)
x +AD0- 1
