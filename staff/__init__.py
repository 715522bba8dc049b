"""What only course staff run: it makes the graded cases and is not handed to students."""
