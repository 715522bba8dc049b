"""The second wall: a process walls itself in before it sees a stranger's file. Linux only.

Three things of the kernel's, none of which needs a privilege or can be taken back: limits, Landlock
(it opens nothing but Python's own folders, and these for reading), and seccomp (it may compute and
answer; no new process or thread, no socket, no signal to others). The gate is the first wall, and
this one does not count on it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import signal
import socket
import sys
import sysconfig
from collections.abc import Callable, Iterable
from pathlib import Path

try:
    import pyseccomp
except (ImportError, OSError, RuntimeError):  # it is there, and the library that it calls is not
    pyseccomp = None

LIBC = ctypes.CDLL(None, use_errno=True)
# Source: linux/landlock.h and linux/prctl.h; the numbers are the same on every architecture.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION = 1  # asks CREATE_RULESET for the version that the kernel has
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # to files, by version: so many bits
TO_READ = 0b1100  # READ_FILE and READ_DIR
TO_NET = 0b11  # BIND_TCP and CONNECT_TCP, since version 4
SCOPES = 0b11  # ABSTRACT_UNIX_SOCKET and SIGNAL, since version 6
NO_NEW_PRIVS, DUMPABLE, DEATH = 38, 4, 1

# To compute, to import a module, to read a request and to write an answer.
CALLS = [
    "read", "write", "close", "lseek", "pread64", "openat", "fstat", "newfstatat", "stat", "lstat",
    "statx", "getdents64", "readlink", "getcwd", "getpid", "gettid", "mmap", "munmap", "mremap",
    "mprotect", "madvise", "brk", "futex", "getrandom", "rt_sigreturn", "rt_sigprocmask", "exit",
    "exit_group",
]  # fmt: skip
MOST_FILES = 64  # that are open at once
REFUSED = (errno.EPERM, errno.EACCES, errno.EROFS)  # where the cases are only to be read


def missing() -> str | None:
    """Says what this machine lacks for the wall, or None."""
    if sys.platform != "linux":
        return "Landlock and seccomp are Linux's"
    if _version() < 1:
        return "this kernel has no Landlock"
    if pyseccomp is None:
        return "pyseccomp, or the library libseccomp that it calls, is not installed"
    return None


def confine(memory: int, seconds: int, prints: int) -> None:
    """Walls this process in, for good.

    Args:
        memory: bytes that it may take beyond what it has.
        seconds: of computing.
        prints: bytes that a file may grow to, of those that are open for writing now.
    Raises: OSError if a wall cannot be put up.
    """
    _limit(memory, seconds, prints)
    for option, value in ((DEATH, signal.SIGKILL), (DUMPABLE, 0), (NO_NEW_PRIVS, 1)):
        _checked(LIBC.prctl(option, value, 0, 0, 0), "prctl")
    _close_folders(own_folders())
    _close_calls()


def own_folders() -> set[str]:
    """Python's own folders: the standard library, and the installed packages."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    return {os.path.realpath(sysconfig.get_path(name)) for name in names}


def _limit(memory: int, seconds: int, prints: int) -> None:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_DATA: pages * resource.getpagesize() + memory,
        resource.RLIMIT_FSIZE: prints,
        resource.RLIMIT_NOFILE: MOST_FILES,
    }
    for limit, most in limits.items():
        resource.setrlimit(limit, (most, most))


def _version() -> int:
    return LIBC.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), VERSION)


def _close_folders(readable: Iterable[str]) -> None:
    """Leaves of all files those in some folders, for reading."""
    version = _version()
    handled = (1 << RIGHTS[min(version, max(RIGHTS))]) - 1
    wanted = [handled, TO_NET if version >= 4 else 0, SCOPES if version >= 6 else 0]
    rules = (ctypes.c_uint64 * 3)(*wanted)
    size = 8 * (3 if version >= 6 else 2 if version >= 4 else 1)
    ruleset = _checked(
        LIBC.syscall(CREATE_RULESET, rules, ctypes.c_size_t(size), 0), "landlock_create_ruleset"
    )
    for folder in readable:
        place = os.open(folder, os.O_PATH | os.O_CLOEXEC)
        rule = TO_READ.to_bytes(8, sys.byteorder) + place.to_bytes(4, sys.byteorder)
        _checked(LIBC.syscall(ADD_RULE, ruleset, 1, rule, 0), "landlock_add_rule")
        os.close(place)
    _checked(LIBC.syscall(RESTRICT_SELF, ruleset, 0), "landlock_restrict_self")
    os.close(ruleset)


def _close_calls() -> None:
    """Leaves of the kernel's calls those in CALLS; any other fails as if it were forbidden."""
    calls = pyseccomp.SyscallFilter(defaction=pyseccomp.ERRNO(errno.EPERM))
    for name in CALLS:
        calls.add_rule(pyseccomp.ALLOW, name)
    itself = pyseccomp.Arg(0, pyseccomp.EQ, os.getpid())
    calls.add_rule(pyseccomp.ALLOW, "tgkill", itself)  # abort() ends so
    calls.load()


def _checked(result: int, name: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


# What the wall must hold against


def attacks(case: str, results: str) -> dict[str, Callable[[], object]]:
    """Returns what a process that is walled in tries, by name; each raises if it is refused.

    Made before the wall, which does not even tell who the parent is.

    Args:
        case: a file that has answers.
        results: a folder that the grader itself can write to.
    """
    parent = os.getppid()
    beside = os.path.join(results, f"attack-{os.getpid()}")
    return {
        "write a file": lambda: _write(beside),
        "make a folder": lambda: _make_folder(beside),
        "list the home folder": lambda: os.listdir(os.path.expanduser("~")),
        "read a case": lambda: os.close(os.open(case, os.O_RDONLY)),
        "change a case": lambda: os.truncate(case, os.stat(case).st_size),
        "read the memory of the server": lambda: os.open(f"/proc/{parent}/mem", os.O_RDONLY),
        "read the environment of the server": lambda: os.open(
            f"/proc/{parent}/environ", os.O_RDONLY
        ),
        "open a socket": lambda: socket.socket().close(),
        "make a pair of sockets": socket.socketpair,
        "fork": _fork,
        "run a program": lambda: os.execv("/missing", ["missing"]),
        "send a signal": lambda: os.kill(parent, 0),
        "trace the server": lambda: _call("ptrace", 0x4206, parent, 0, 0),  # PTRACE_SEIZE
        "share memory": _share_memory,
        "share memory as a file": lambda: _write(f"/dev/shm/attack-{os.getpid()}"),
        "make a file in memory": lambda: os.memfd_create("attack"),
        "change a limit": lambda: _call("setrlimit", resource.RLIMIT_CORE, bytes(16)),
        "be traced": lambda: _call("prctl", DUMPABLE, 1, 0, 0, 0),
    }


def _write(path: str) -> None:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT))
    os.unlink(path)


def _make_folder(path: str) -> None:
    os.mkdir(path)
    os.rmdir(path)


def _fork() -> None:
    if not os.fork():
        os._exit(0)
    os.wait()


def _share_memory() -> None:
    shared = _call("shmget", 0, 4096, 0o1600)
    _call("shmctl", shared, 0, None)  # removes it


def _call(name: str, *arguments: int | bytes | None) -> int:
    return _checked(getattr(LIBC, name)(*arguments), name)


def breaches(tried: dict[str, Callable[[], object]]) -> list[str]:
    """Names the attacks that the wall does not refuse."""
    return [name for name, attack in tried.items() if not is_refused(attack)]


def is_refused(attack: Callable[[], object]) -> bool:
    """Whether an attack fails as the wall makes it fail, and not for another reason."""
    try:
        attack()
    except OSError as error:
        return error.errno in REFUSED
    return False
