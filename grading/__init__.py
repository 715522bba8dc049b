"""Grades a submission: each module is a room of its own, and only worker.py runs the submission."""
