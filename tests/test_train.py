"""Runs the training as a user does: real digits, the real command, a real Ctrl-C."""

import contextlib
import copy
import csv
import gzip
import hashlib
import json
import math
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from torchvision.datasets import MNIST

import train

ROOT = Path(__file__).parent.parent
RAW = ROOT / "data/MNIST/raw"
EPOCH = (
    r"Epoch (\d+): Train Loss: \d+\.\d{4}, Train Accuracy: \d+\.\d\d% \| "
    r"Validation Loss: \d+\.\d{4}, Validation Accuracy: \d+\.\d\d%"
)


def command(*arguments, script=ROOT / "train.py", cwd=ROOT, environment=(), **streams):
    """Starts train.py as a process of its own."""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams
    return subprocess.Popen(
        [sys.executable, script, *map(str, arguments)],
        text=True,
        cwd=cwd,
        env=os.environ | {"OMP_NUM_THREADS": "1"} | dict(environment),
        **streams,
    )


def refused(capsys, *arguments):
    """Returns the one line that a call refused with status 2 prints."""
    with pytest.raises(SystemExit) as stop:
        train.main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    assert stop.value.code == 2
    assert out == ""
    assert err.count("\n") == 1
    return err


def test_real_digits_are_learnt(tmp_path, capsys):
    """A seventh of the digits, seen once, must do for 95 %; output and folder are as the handout and the README say."""
    out = tmp_path / "run"
    train.main(
        [
            "--limit",
            "8000",
            "--epochs",
            "1",
            "--batch-size",
            "64",
            "--device",
            "cpu",
            "--out",
            str(out),
        ]
    )
    lines = capsys.readouterr().out.splitlines()
    assert [lines[0], lines[1], lines[3], len(lines)] == ["Using cpu", "", "", 5]
    assert re.fullmatch(EPOCH, lines[2])
    accuracy = float(re.fullmatch(r"Test Accuracy: (\d+\.\d\d)%", lines[4]).group(1))
    assert accuracy >= 95

    assert sorted(p.name for p in out.iterdir()) == [
        "config.json",
        "curves.png",
        "metrics.csv",
        "mistakes.png",
        "model.pt",
    ]
    config = json.loads((out / "config.json").read_text())
    assert (config["seed"], config["limit"], config["torch"]) == (0, 8000, torch.__version__)
    assert f"{config['test_accuracy']:.2%}" == f"{accuracy:.2f}%"
    with open(out / "metrics.csv") as file:
        (row,) = csv.DictReader(file)
    assert f"Validation Loss: {float(row['validation_loss']):.4f}" in lines[2]
    for picture in out.glob("*.png"):
        assert picture.read_bytes().startswith(b"\x89PNG")

    # The stored parameters are a plain state_dict: the same network from torch.nn reads it, and reads the digits alike.
    model, twin = train.SimpleCNN(), train.SimpleCNN("torch")
    for network in model, twin:
        network.load_state_dict(torch.load(out / "model.pt", weights_only=True))
    _, (images, labels) = train.load_mnist(ROOT / "data")
    criterion = train.LAYERS["custom"][-1]()
    loss, measured, logits = train.evaluate(model, criterion, images[:1000], labels[:1000])
    torch.testing.assert_close(
        train.evaluate(twin, criterion, images[:1000], labels[:1000])[2],
        logits,
        rtol=1e-4,
        atol=1e-4,
    )
    assert measured == pytest.approx(config["test_accuracy"], abs=0.03)
    assert loss < 0.3


@pytest.mark.skipif(
    os.name == "nt", reason="Windows: no Ctrl-C to one process, no pseudo-terminals"
)
def test_an_interrupted_run_goes_on_to_the_same_numbers(tmp_path):
    options = ["--limit", 640, "--epochs", 2, "--batch-size", 16]
    whole = command(*options, "--out", tmp_path / "whole")
    broken = command(*options, "--out", tmp_path / "broken")
    while not (
        tmp_path / "broken" / "metrics.csv"
    ).exists():  # the end of the first epoch; 40 steps are left
        assert broken.poll() is None, broken.communicate()
        time.sleep(0.05)
    broken.send_signal(signal.SIGINT)
    out, err = broken.communicate(timeout=100)
    assert broken.returncode == 130
    assert re.fullmatch(f"Using .*\n\n{EPOCH}\n", out)
    assert err == f"Interrupted; go on with: python train.py --resume {tmp_path / 'broken'}\n"

    terminal, end = os.openpty()  # this time a terminal looks on, at the bar on stderr
    resumed = command("--resume", tmp_path / "broken", stderr=end)
    os.close(end)
    seen = b""
    with contextlib.suppress(OSError):  # Linux's way to say that the other end is closed
        while piece := os.read(terminal, 1000):
            seen += piece
    os.close(terminal)
    rest, _ = resumed.communicate(timeout=100)
    assert resumed.returncode == 0
    assert re.search(rb"Epoch 2 .*%", seen)
    assert f"The run is in {tmp_path / 'broken'}".encode() in seen
    output, _ = whole.communicate(timeout=100)
    assert output.splitlines()[:3] + rest.splitlines()[2:] == output.splitlines()
    for name in "metrics.csv", "model.pt":
        ours, theirs = ((tmp_path / run / name).read_bytes() for run in ("broken", "whole"))
        assert hashlib.sha256(ours).digest() == hashlib.sha256(theirs).digest(), name
    assert not (tmp_path / "broken" / "checkpoint.pt").exists()


def test_ctrl_c_within_an_epoch_loses_no_step(tmp_path, monkeypatch, capsys):
    """Stopped after three steps of five, then resumed; with an option that differs, refused."""
    pair = torch.randint(256, (80, 28, 28), dtype=torch.uint8), torch.randint(10, (80,))
    options, _ = train.parse_arguments(
        ["--epochs", "1", "--batch-size", "16", "--limit", "80", "--out", str(tmp_path)]
    )
    whole, broken = train.Run(options, 80, None), train.Run(options, 80, None)
    whole.train(pair, pair)

    seed = broken.seed

    def interrupted_in_the_third_step(step):
        seed(step)
        if step == 3:
            broken.interrupt()

    monkeypatch.setattr(broken, "seed", interrupted_in_the_third_step)
    with pytest.raises(KeyboardInterrupt):
        broken.train(pair, pair)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    capsys.readouterr()
    assert "--lr 0.5: the run to resume has 0.003" in refused(
        capsys, "--resume", tmp_path, "--lr", "0.5"
    )

    options, checkpoint = train.parse_arguments(["--resume", str(tmp_path)])
    assert (checkpoint["state"]["step"], options.batch_size) == (3, 16)
    resumed = train.Run(options, 80, checkpoint)
    resumed.train(pair, pair)
    assert resumed.state["history"] == whole.state["history"]
    for name, value in whole.model.state_dict().items():
        assert torch.equal(resumed.model.state_dict()[name], value), name


@pytest.mark.parametrize(
    "content", [b"", b"some text", pickle.dumps(["a", "list"])], ids=["empty", "text", "pickle"]
)
def test_a_damaged_checkpoint_is_refused(tmp_path, capsys, content):
    (tmp_path / "checkpoint.pt").write_bytes(content)
    assert f"--resume: cannot read {tmp_path / 'checkpoint.pt'} (" in refused(
        capsys, "--resume", tmp_path
    )


def test_ctrl_c_while_the_data_is_read(monkeypatch, capsys):
    def interrupt(root):
        raise KeyboardInterrupt

    monkeypatch.setattr(train, "load_mnist", interrupt)
    with pytest.raises(SystemExit) as stop:
        train.main([])
    assert (stop.value.code, capsys.readouterr().err) == (130, "Interrupted\n")


def test_an_epoch_that_diverges_does_not_become_the_model(tmp_path, monkeypatch):
    pair = torch.randint(256, (16, 28, 28), dtype=torch.uint8), torch.randint(10, (16,))
    options, _ = train.parse_arguments(["--epochs", "3", "--limit", "16", "--out", str(tmp_path)])
    run, losses, seen = train.Run(options, 16, None), iter([1.0, math.nan, 2.0]), []

    def evaluate(model, *_):
        seen.append(copy.deepcopy(model.state_dict()))
        return next(losses), 0.5, None

    monkeypatch.setattr(train, "evaluate", evaluate)
    run.train(pair, pair)
    for name, value in run.model.state_dict().items():
        assert torch.equal(value, seen[0][name])


def test_the_network_is_the_one_of_the_handout():
    lines = [
        re.sub("Custom|2[dD]", "", str(m))
        for m in train.SimpleCNN().modules()
        if not list(m.children())
    ]
    assert [line.partition("(")[0] for line in lines] == (
        ["Conv", "BatchNorm", "ReLU", "MaxPool", "Dropout"] * 2 + ["Linear", "ReLU", "Linear"]
    )
    assert [line for line in lines if line.startswith(("Conv", "Linear"))] == [
        "Conv(1, 32, kernel_size=(5, 5), stride=(1, 1))",
        "Conv(32, 64, kernel_size=(5, 5), stride=(1, 1))",
        "Linear(in_features=1024, out_features=512, bias=True)",
        "Linear(in_features=512, out_features=10, bias=True)",
    ]


def test_shifted_digits_move_as_a_whole():
    images = torch.zeros(64, 28, 28, dtype=torch.uint8)
    images[:, 10, 20] = 255
    moved = train.to_input(images, shift=2) * train.STD + train.MEAN
    n, _, rows, columns = moved.round().nonzero().unbind(1)
    assert n.tolist() == list(range(64))
    assert set(rows.tolist()) == {8, 9, 10, 11, 12}
    assert set(columns.tolist()) == {18, 19, 20, 21, 22}
    assert train.to_input(images).shape == (64, 1, 28, 28)


@pytest.fixture
def archives(tmp_path):
    """A folder for --data, with copies of the four archives."""
    shutil.copytree(RAW, tmp_path / "data/MNIST/raw", ignore=shutil.ignore_patterns("*-ubyte"))
    return tmp_path / "data"


def test_archives_are_the_official_ones():
    for name, md5 in MNIST.resources:
        assert hashlib.md5((RAW / name).read_bytes()).hexdigest() == md5
        assert f"| `{name}` |" in (ROOT / "data/README.md").read_text()
        assert md5 in (ROOT / "data/README.md").read_text()


def test_the_digits_are_those_that_torchvision_reads(archives):
    for ours, is_training in zip(train.load_mnist(archives), (True, False)):
        theirs = MNIST(archives, train=is_training, download=True)
        assert torch.equal(ours[0], theirs.data)
        assert torch.equal(ours[1], theirs.targets)
        assert (ours[0].dtype, ours[1].dtype) == (torch.uint8, torch.int64)


def test_reading_the_digits_writes_nothing(archives):
    before = sorted(archives.rglob("*"))
    train.load_mnist(archives)
    assert sorted(archives.rglob("*")) == before


def test_unpacked_files_beside_the_archives_are_not_read(archives):
    raw = archives / "MNIST/raw"
    (raw / "train-images-idx3-ubyte").write_bytes(bytes(16 + 60_000 * 28 * 28))  # zeros
    other = gzip.decompress((raw / "t10k-labels-idx1-ubyte.gz").read_bytes())
    (raw / "train-labels-idx1-ubyte").write_bytes(other)
    (images, labels), _ = train.load_mnist(archives)
    assert (images.shape, images.max()) == ((60_000, 28, 28), 255)
    assert labels[:5].tolist() == [5, 0, 4, 1, 9]


def damage(path, kind):
    """Makes an archive missing, truncated, or whole and another one."""
    if kind == "missing":
        path.unlink()
    elif kind == "truncated":
        path.write_bytes(path.read_bytes()[:1000])
    else:
        shutil.copy(path.with_name("train-images-idx3-ubyte.gz"), path)


DAMAGES = pytest.mark.parametrize("kind", ["missing", "truncated", "of the other set"])


@DAMAGES
def test_an_archive_that_cannot_be_had_is_named(archives, tmp_path, monkeypatch, capsys, kind):
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens there
    images = archives / "MNIST/raw/t10k-images-idx3-ubyte.gz"
    damage(images, kind)
    line = refused(capsys, "--data", archives, "--out", tmp_path / "run")
    assert f"cannot download {images.name}, missing or damaged in {images.parent}" in line
    assert "restore it as data/README.md says" in line
    assert not (tmp_path / "run").exists()


@DAMAGES
def test_an_archive_is_downloaded_from_the_first_mirror_that_has_it(
    archives, tmp_path, monkeypatch, kind
):
    images = archives / "MNIST/raw/t10k-images-idx3-ubyte.gz"
    published = images.read_bytes()
    damage(images, kind)
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / images.name).write_bytes(published[:-1])
    folders = [tmp_path / "nowhere", tmp_path / "damaged", RAW]
    monkeypatch.setattr(MNIST, "mirrors", [f"{folder.as_uri()}/" for folder in folders])
    _, (test_images, _) = train.load_mnist(archives)
    assert test_images.shape == (10_000, 28, 28)
    assert images.read_bytes() == published
    assert len(list(images.parent.iterdir())) == 4


def test_a_data_folder_that_is_not_there_is_not_made(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(MNIST, "mirrors", [])
    assert "missing or damaged in" in refused(capsys, "--data", tmp_path / "typo")
    assert not (tmp_path / "typo").exists()


def test_a_run_started_from_another_folder_reads_the_digits_beside_the_script(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(train.Run, "train", lambda *_: None)
    monkeypatch.setattr(train.Run, "test", lambda *_: None)
    monkeypatch.chdir(tmp_path)
    train.main(["--limit", "16"])
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--epochs", 0], "--epochs must be from 1 to 1,000, got 0"),
        (["--batch-size", -1], "--batch-size must be from 1 to 60,000, got -1"),
        (["--lr", "nan"], "--lr must be from 1e-08 to 10, got nan"),
        (["--seed", -1], "--seed must be from 0 to 1,000,000,000, got -1"),
        (["--limit", 60_000], "--limit must be from 1 to 55,000, got 60000"),
        (["--epochs", "ten"], "argument --epochs: invalid int value: 'ten'"),
        (["--device", "tpu"], "argument --device: invalid choice: 'tpu'"),
        (["--layers", "mine"], "argument --layers: invalid choice: 'mine'"),
        (["--fast"], "unrecognized arguments: --fast"),
        (["--resume", "nowhere"], "--resume: no interrupted run in nowhere"),
        (["--out", "tests"], "--out: tests is not empty"),
        (["--out", "README.md/run"], "cannot write the run's folder: "),
    ],
    ids=str,
)
def test_bad_options(capsys, monkeypatch, arguments, message):
    monkeypatch.chdir(ROOT)
    assert message in refused(capsys, *arguments)


@pytest.mark.parametrize("package", ["torch", "torchvision", "rich"])
def test_a_missing_package_is_one_line(tmp_path, package):
    """A process of its own, with a module in the package's place that raises as if it were not."""
    error = f"ModuleNotFoundError('No module named {package}', name='{package}')"
    (tmp_path / f"{package}.py").write_text(f"raise {error}\n")
    process = command("--help", environment={"PYTHONPATH": str(tmp_path)})
    out, err = process.communicate(timeout=100)
    assert (process.returncode, out) == (2, "")
    assert err == (
        f"train.py: the package {package} is missing; pip install -r requirements.txt installs it\n"
    )


def test_a_broken_mplbackend_does_not_matter():
    process = command("--help", environment={"MPLBACKEND": "nonsense"})
    out, err = process.communicate(timeout=100)
    assert (process.returncode, err) == (0, "")
    assert out.startswith("usage: train.py")
