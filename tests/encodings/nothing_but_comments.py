# question: q3
# may earn: 0
