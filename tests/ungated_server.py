"""The server of staff/ without a gate, for tests of the second wall: the first one has fallen."""

import builtins

from grading import gate, worker
from staff import server


class Open(gate.Gate):
    def _make_namespace(self):
        return super()._make_namespace() | {"__builtins__": builtins}


def compile_as_it_is(text, file, tables):
    return compile(text, file, "exec", dont_inherit=True)


worker.Gate = Open
worker.rewrite = compile_as_it_is
server.main()
