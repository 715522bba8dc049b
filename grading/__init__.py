"""Grades a submission: each module is a room of its own, and only worker.py runs the submission."""


class GraderError(Exception):
    """The grader is at fault, not the submission: it costs no marks."""
