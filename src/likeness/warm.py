"""A parent process that has loaded the libraries, from which the notebooks' kernels are forked: none loads them anew.

`likeness repro` starts it for a run. A kernel (likeness.kernel) that finds its address connects, hands over its
arguments, environment and standard streams, and stays as the process that others signal, while its fork does the work.
"""

import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from likeness.errors import UserError

# Bytes of a folder for sockets: the system takes 103 to 107 for a socket's path, and ours adds 27.
SHORT = 76
ADDRESS = "LIKENESS_WARM"  # the socket's path
MOST = 2**20  # bytes of arguments and environment
DONE = b"done"
# Libraries are loaded under these; a kernel that wants others loads its own.
READ_AT_LOAD = (
    "PYTHON", "LD_", "MPL", "OMP_", "GOMP_", "MKL_", "NPY_", "OPENCV_", "OPENBLAS_", "ONEDNN_", "ATEN_", "FAISS_",
    "CUBLAS_", "CUDA_", "NVIDIA_", "TORCH_", "LIKENESS_PROCESSOR", "LC_", "LANG", "TZ",
)  # fmt: skip
# Not our own modules, which may be edited meanwhile, nor what starts threads, for these do not survive a fork.
LIBRARIES = (
    "numpy", "pandas", "pyarrow.parquet", "scipy.stats", "scipy.cluster.hierarchy", "PIL.Image", "cv2", "torch",
    "torchvision", "lightning.pytorch", "sklearn.ensemble", "sklearn.linear_model", "sklearn.svm", "sklearn.manifold",
    "matplotlib.pyplot", "matplotlib.backends.backend_agg", "ipykernel.kernelapp", "pydantic", "ruamel.yaml",
    "nbformat", "captum.attr", "skimage.metrics",
)  # fmt: skip


@contextmanager
def warm_parent(environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield {ADDRESS: path} for the environment of stages; the parent ends with the block, or with this process."""
    with tempfile.TemporaryDirectory(prefix="likeness-", dir=short_folder()) as folder:
        address = str(Path(folder) / "warm")
        process = subprocess.Popen(
            [sys.executable, "-m", "likeness.warm", address],
            env=dict(environment),
            stdin=subprocess.PIPE,  # closed with this process, however it ends
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # what libraries say when they are loaded is said for no page
            start_new_session=True,  # Ctrl-C is for the stages; what they leave is ended here
        )
        try:
            yield {ADDRESS: address}
        finally:
            process.kill()
            process.wait()


def short_folder() -> str:
    """Return the folder of temporary files, or another one where its path is too long for a socket."""
    folders = (tempfile.gettempdir(), os.environ.get("XDG_RUNTIME_DIR", ""), "/tmp", "/var/tmp", "/dev/shm")
    for folder in folders:
        if 0 < len(os.fsencode(folder)) <= SHORT and os.access(folder, os.W_OK | os.X_OK):
            return folder
    raise UserError(f"{folders[0]}: too long for the kernel's sockets; set TMPDIR to a folder of at most {SHORT} bytes")


def serve(address: str) -> None:
    """Load the libraries and fork a kernel for each that connects, until standard input is closed."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        own = dict(os.environ)  # some libraries write into it
        for name in LIBRARIES:
            import_module(name)
        gc.freeze()  # forks share the pages of what is loaded
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them: their callers see the stream end
        while sys.stdin not in select.select([listening, sys.stdin], [], [])[0]:
            caller, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                _become_kernel(caller, own)
            caller.close()


def _become_kernel(caller: socket.socket, own: Mapping[str, str]) -> None:
    """Take over the caller's arguments, environment, folder and streams, and be its kernel to the end."""
    code = 1
    try:
        message, streams, _, _ = socket.recv_fds(caller, MOST, 3)
        told = json.loads(message)
        if not loads_alike(own, told["environment"]):
            os._exit(1)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        os.nice(max(0, told["nice"] - os.nice(0)))
        os.environ.clear()
        os.environ.update(told["environment"])
        os.chdir(told["folder"])
        caller.sendall(f"{os.getpid()}\n".encode())
        threading.Thread(target=_end_with, args=(caller,), daemon=True).start()
        _launch(told["arguments"])
        code = 0
    finally:
        try:
            caller.sendall(DONE * (code == 0))
        finally:
            os._exit(code)


def _launch(arguments: Sequence[str]) -> None:
    import matplotlib as mpl
    from ipykernel.kernelapp import launch_new_instance

    # As ipykernel sets it, for a matplotlib that is loaded later: figures go into the notebook.
    mpl.rcParams["backend"] = os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    # Read from the environment when ipykernel is loaded, which here was before this kernel's caller was known.
    sys.argv = ["ipykernel_launcher", *arguments, f"--IPKernelApp.parent_handle={os.getppid()}"]
    launch_new_instance()


def _end_with(caller: socket.socket) -> None:
    """End this process when its caller has ended: the stream gives nothing else."""
    caller.recv(1)
    os._exit(1)


def relay(address: str, arguments: Sequence[str], environment: Mapping[str, str]) -> int | None:
    """Have the parent at `address` fork a kernel, pass signals on to it, and return its exit status once it has ended.

    Returns None where the parent cannot be reached, or has loaded the libraries under other settings.
    """
    told = {
        "arguments": list(arguments),
        "environment": dict(environment),
        "folder": str(Path.cwd()),
        "nice": os.nice(0),
    }
    with socket.socket(socket.AF_UNIX) as parent:
        try:
            parent.connect(address)
            socket.send_fds(parent, [json.dumps(told).encode()], [0, 1, 2])
            kernel = int(parent.makefile("rb", buffering=0).readline())
        except (OSError, ValueError):
            return None
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, lambda number, _: os.kill(kernel, number))
        return 0 if parent.recv(len(DONE)) == DONE else 1


def loads_alike(ours: Mapping[str, str], theirs: Mapping[str, str]) -> bool:
    """Say whether two environments load the libraries alike."""
    read = {name for name in {**ours, **theirs} if name.startswith(READ_AT_LOAD)}
    return all(ours.get(name) == theirs.get(name) for name in read)


if __name__ == "__main__":
    serve(sys.argv[1])
