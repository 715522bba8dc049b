"""The source of answers.pdf: its experiments, figures and text."""
