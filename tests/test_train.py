"""Runs the training as a user does: real digits, the real command, a real Ctrl-C."""

import contextlib
import copy
import csv
import errno
import gzip
import hashlib
import json
import math
import os
import pickle
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch
from torchvision.datasets import MNIST

import train
from staff.starter import starter

ROOT = Path(__file__).parent.parent
RAW = ROOT / "data/MNIST/raw"
EPOCH = (
    r"Epoch (\d+): Train Loss: \d+\.\d{4}, Train Accuracy: \d+\.\d\d% \| "
    r"Validation Loss: \d+\.\d{4}, Validation Accuracy: \d+\.\d\d%"
)
FOLDER = ["config.json", "curves.png", "index.html", "metrics.csv", "mistakes.png", "model.pt"]


def command(*arguments, script="train.py", cwd=ROOT, environment=(), **streams):
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
        train.main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    assert stop.value.code == 2
    assert out == ""
    assert err.count("\n") == 1
    return err


def run_in(folder, *arguments):
    """Returns a run on 80 images, in batches of 16."""
    sizes = ["--limit", "80", "--batch-size", "16"]
    options, _ = train.parse_arguments([*sizes, "--out", str(folder), *arguments])
    return train.Run(options, 80, None)


def interrupted_run(folder, *arguments):
    """Makes the folder of a run that was stopped before its first step."""
    folder.mkdir(parents=True, exist_ok=True)
    run_in(folder, *arguments).save()
    return folder


@pytest.fixture
def noise():
    """80 images and labels that mean nothing."""
    images = torch.randint(256, (80, 28, 28), dtype=torch.uint8)
    return images, torch.randint(10, (80,))


@pytest.fixture
def untrained(monkeypatch):
    """Makes a run end as soon as its folder is there and the digits are read."""
    monkeypatch.setattr(train.Run, "train", lambda *_: None)
    monkeypatch.setattr(train.Run, "test", lambda *_: None)


@pytest.fixture
def archives(tmp_path):
    """A folder for --data, with copies of the four archives."""
    shutil.copytree(RAW, tmp_path / "data/MNIST/raw", ignore=shutil.ignore_patterns("*-ubyte"))
    return tmp_path / "data"


# What a run does


def test_real_digits_are_learnt(tmp_path, capsys):
    """A seventh of the digits, seen once, must do for 95 %, and the handout's lines are printed."""
    out = tmp_path / "run"
    sizes = ["--limit", "8000", "--epochs", "1", "--batch-size", "64"]
    train.main([*sizes, "--device", "cpu", "--out", str(out)])
    device, blank, epoch, blank_too, test = capsys.readouterr().out.splitlines()
    assert (device, blank, blank_too) == ("Using cpu", "", "")
    assert re.fullmatch(EPOCH, epoch)
    accuracy = float(re.fullmatch(r"Test Accuracy: (\d+\.\d\d)%", test).group(1))
    assert accuracy >= 95

    assert sorted(path.name for path in out.iterdir()) == FOLDER
    config = json.loads((out / "config.json").read_text())
    assert (config["seed"], config["limit"], config["torch"]) == (0, 8000, torch.__version__)
    assert f"{config['test_accuracy']:.2%}" == f"{accuracy:.2f}%"
    with open(out / "metrics.csv") as file:
        (row,) = csv.DictReader(file)
    assert f"Validation Loss: {float(row['validation_loss']):.4f}" in epoch
    for picture in out.glob("*.png"):
        assert picture.read_bytes().startswith(b"\x89PNG")
    check_parameters(out / "model.pt", config["test_accuracy"])


def check_parameters(path, accuracy):
    """They are a plain state_dict: the same network from torch.nn reads the digits alike."""
    model = train.SimpleCNN()
    twin = train.SimpleCNN("torch")
    for network in (model, twin):
        network.load_state_dict(torch.load(path, weights_only=True))
    _, (images, labels) = train.load_mnist(train.DATA)
    digits = (images[:1000], labels[:1000])
    criterion = train.LAYERS["custom"][-1]()
    loss, measured, logits = train.evaluate(model, criterion, *digits)
    _, _, twins_logits = train.evaluate(twin, criterion, *digits)
    torch.testing.assert_close(twins_logits, logits, rtol=1e-4, atol=1e-4)
    assert measured == pytest.approx(accuracy, abs=0.03)
    assert loss < 0.3


def test_an_epoch_that_diverges_does_not_become_the_model(tmp_path, monkeypatch, noise):
    run = run_in(tmp_path, "--epochs", "3")
    losses = iter([1.0, math.nan, 2.0])
    seen = []

    def evaluate(model, *_):
        seen.append(copy.deepcopy(model.state_dict()))
        return next(losses), 0.5, None

    monkeypatch.setattr(train, "evaluate", evaluate)
    run.train(noise, noise)
    for name, value in run.model.state_dict().items():
        assert torch.equal(value, seen[0][name])


def test_the_network_is_the_one_of_the_handout():
    layers = [layer for layer in train.SimpleCNN().modules() if not list(layer.children())]
    lines = [re.sub("Custom|2[dD]", "", str(layer)) for layer in layers]
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


# Interrupted and resumed


@pytest.mark.skipif(os.name == "nt", reason="Windows: no Ctrl-C to one process, no terminals")
def test_an_interrupted_run_goes_on_to_the_same_numbers(tmp_path):
    """With the command that it advises, although its folder has a space in its name."""
    options = ["--limit", 640, "--epochs", 2, "--batch-size", 16]
    whole = command(*options, "--out", tmp_path / "whole")
    folder = tmp_path / "broken run"
    broken = command(*options, "--out", folder)
    while not (folder / "metrics.csv").exists():  # the end of the first epoch; 40 steps are left
        assert broken.poll() is None, broken.communicate()
        time.sleep(0.05)
    broken.send_signal(signal.SIGINT)
    out, err = broken.communicate(timeout=600)
    assert broken.returncode == 130
    assert re.fullmatch(f"Using .*\n\n{EPOCH}\n", out)
    assert err == f"Interrupted; go on with: python train.py --resume '{folder}'\n"

    rest, seen = resume_on_a_terminal(shlex.split(err)[6:])
    assert re.search(rb"Epoch 2 .*%", seen)
    assert f"The run is in {folder}".encode() in seen
    output, _ = whole.communicate(timeout=600)
    assert output.splitlines()[:3] + rest.splitlines()[2:] == output.splitlines()
    for name in ("metrics.csv", "model.pt"):
        assert (folder / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name
    assert sorted(path.name for path in folder.iterdir()) == FOLDER


def resume_on_a_terminal(arguments):
    """Returns what a run prints, and what a terminal sees, which looks on at the bar on stderr."""
    terminal, end = os.openpty()
    resumed = command(*arguments, stderr=end)
    os.close(end)
    seen = b""
    with contextlib.suppress(OSError):  # Linux's way to say that the other end is closed
        while piece := os.read(terminal, 1000):
            seen += piece
    os.close(terminal)
    out, _ = resumed.communicate(timeout=600)
    assert resumed.returncode == 0
    return out, seen


def test_ctrl_c_within_an_epoch_loses_no_step(tmp_path, monkeypatch, noise):
    """Stopped after three steps of five, then resumed."""
    whole = run_in(tmp_path, "--epochs", "1")
    whole.train(noise, noise)

    broken = run_in(tmp_path, "--epochs", "1")
    seed = broken.seed

    def interrupted_in_the_third_step(step):
        seed(step)
        if step == 3:
            broken.interrupt()

    monkeypatch.setattr(broken, "seed", interrupted_in_the_third_step)
    with pytest.raises(KeyboardInterrupt):
        broken.train(noise, noise)
    signal.signal(signal.SIGINT, signal.default_int_handler)

    checkpoint = train.read_checkpoint(tmp_path)
    assert checkpoint["state"]["step"] == 3
    options, _ = train.parse_arguments([], checkpoint["options"])
    resumed = train.Run(options, 80, checkpoint)
    resumed.train(noise, noise)
    assert resumed.state["history"] == whole.state["history"]
    for name, value in whole.model.state_dict().items():
        assert torch.equal(resumed.model.state_dict()[name], value), name


@pytest.mark.parametrize("lr", ["0.5", "0.003"], ids=["another", "the default"])
def test_a_resumed_run_keeps_its_options(tmp_path, capsys, lr):
    interrupted_run(tmp_path, "--lr", "0.01")
    line = refused(capsys, "--resume", tmp_path, "--lr", lr)
    assert f"--lr {lr}: the run to resume has 0.01" in line


@pytest.mark.parametrize(
    "content",
    [b"", b"some text", pickle.dumps(["a", "list"])],
    ids=["empty", "text", "pickle"],
)
def test_a_damaged_checkpoint_is_refused(tmp_path, capsys, content):
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(content)
    assert f"--resume: cannot read {path} (" in refused(capsys, "--resume", tmp_path)


def test_ctrl_c_while_the_data_is_read_leaves_no_folder(tmp_path, monkeypatch, capsys):
    def interrupt(root):
        raise KeyboardInterrupt

    monkeypatch.setattr(train, "load_mnist", interrupt)
    with pytest.raises(SystemExit) as stop:
        train.main(["--out", str(tmp_path / "run")])
    assert (stop.value.code, capsys.readouterr().err) == (130, "Interrupted\n")
    assert not (tmp_path / "run").exists()


def test_a_path_is_quoted_as_this_systems_shell_takes_it():
    path = "a run (2) & more"
    echo = f'{train.quote(sys.executable)} -c "import sys; print(sys.argv[1])" {train.quote(path)}'
    assert subprocess.run(echo, shell=True, capture_output=True, text=True).stdout == f"{path}\n"


# The digits


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
    tmp_path, monkeypatch, untrained
):
    monkeypatch.chdir(tmp_path)
    train.main(["--limit", "16"])
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]
    (run,) = (tmp_path / "runs").iterdir()
    assert (run / "checkpoint.pt").exists()


# The run's folder


def test_runs_that_begin_in_the_same_second_get_folders_of_their_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(train.time, "strftime", lambda _: "20260131-120000")
    with ThreadPoolExecutor(8) as pool:
        folders = list(pool.map(train.make_folder, [None] * 8))
    assert {folder.name for folder in folders} == {
        "20260131-120000",
        *(f"20260131-120000-{number}" for number in range(2, 9)),
    }


def test_a_run_that_is_still_going_is_not_taken_up_until_it_is_killed(
    tmp_path, monkeypatch, capsys, untrained, request
):
    monkeypatch.chdir(tmp_path)
    going = command("--layers", "torch", script=ROOT / "train.py", cwd=tmp_path)
    request.addfinalizer(going.kill)
    while not list(tmp_path.glob("runs/*/checkpoint.pt")):
        assert going.poll() is None, going.communicate()
        time.sleep(0.05)
    (folder,) = Path("runs").iterdir()
    assert "--resume: every run in runs is still going" in refused(capsys, "--resume")
    assert f"--resume: {folder} is still going" in refused(capsys, "--resume", folder)
    earlier = interrupted_run(Path("runs/earlier"))
    os.utime(earlier / "checkpoint.pt", (0, 0))
    assert train.find_interrupted("") == earlier

    going.kill()
    going.communicate()
    assert train.find_interrupted("") == folder


def test_a_folder_is_held_by_one_run_at_a_time(tmp_path, capsys, untrained):
    with train.hold(tmp_path):
        line = refused(capsys, "--out", tmp_path)
    assert f"another run is going on in {tmp_path}" in line


@pytest.mark.skipif(os.name == "nt", reason="Windows locks in another way")
def test_where_the_file_system_has_no_locks_a_run_goes_on_without(tmp_path, monkeypatch):
    import fcntl

    def no_locks(*_):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with train.hold(tmp_path):
        assert (tmp_path / "lock").exists()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no disk is full here")
def test_a_full_disk_is_one_line_and_the_run_can_go_on(tmp_path, capsys):
    interrupted_run(tmp_path)
    before = (tmp_path / "checkpoint.pt").read_bytes()
    (tmp_path / "checkpoint.tmp").symlink_to("/dev/full")
    line = refused(capsys, "--resume", tmp_path)
    assert f"cannot use the folder {tmp_path}: No space left on device; go on with: " in line
    assert f"--resume {train.quote(str(tmp_path))}\n" in line
    assert (tmp_path / "checkpoint.pt").read_bytes() == before
    assert not os.path.lexists(tmp_path / "checkpoint.tmp")


def test_a_folder_whose_name_cannot_be_is_one_line(tmp_path, capsys):
    name = tmp_path / ("x" * 300)
    assert f"cannot use the folder {name}: " in refused(capsys, "--out", name)


@pytest.mark.parametrize("mode", [0o000, 0o500], ids=["looked into", "written"])
def test_a_folder_that_may_not_be_used_is_one_line(tmp_path, capsys, mode):
    out = tmp_path / "out"
    out.mkdir(mode=mode)
    if os.access(out, os.W_OK):
        pytest.skip("modes do not bind this user, or this system")
    assert f"cannot use the folder {out}: Permission denied" in refused(capsys, "--out", out)


# The command line


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
        (["--out", "README.md/run"], "cannot use the folder README.md/run: Not a directory"),
    ],
    ids=str,
)
def test_bad_options_are_one_line(capsys, monkeypatch, arguments, message):
    monkeypatch.chdir(ROOT)
    assert message in refused(capsys, *arguments)


@pytest.mark.parametrize("package", ["torch", "torchvision", "rich"])
def test_a_missing_package_is_one_line(tmp_path, package):
    """A process of its own, with a module in the package's place that raises as if it were not."""
    error = f"ModuleNotFoundError('No module named {package}', name='{package}')"
    (tmp_path / f"{package}.py").write_text(f"raise {error}\n")
    process = command("--help", environment={"PYTHONPATH": str(tmp_path)})
    out, err = process.communicate(timeout=600)
    assert (process.returncode, out) == (2, "")
    assert err == (
        f"train.py: the package {package} is missing; pip install -r requirements.txt installs it\n"
    )


def test_ctrl_c_during_the_imports_is_one_line(tmp_path):
    """A module in torch's place makes another error of it, as class statements do."""
    text = "import signal\ntry:\n    signal.raise_signal(signal.SIGINT)\n"
    text += "except KeyboardInterrupt:\n    raise RuntimeError\n"
    (tmp_path / "torch.py").write_text(text)
    process = command("--help", environment={"PYTHONPATH": str(tmp_path)})
    out, err = process.communicate(timeout=600)
    assert (process.returncode, out, err) == (130, "", "Interrupted\n")


def test_a_broken_mplbackend_does_not_matter():
    process = command("--help", environment={"MPLBACKEND": "nonsense"})
    out, err = process.communicate(timeout=600)
    assert (process.returncode, err) == (0, "")
    assert out.startswith("usage: train.py")


def test_a_reader_that_goes_away_ends_no_run():
    say = "import train; train.say('x' * 100_000); train.say('y'); print('z')"
    reading, writing = os.pipe()
    process = command(say, script="-c", stdout=writing)
    os.close(writing)
    os.close(reading)
    _, err = process.communicate(timeout=600)
    assert (process.returncode, err) == (0, "")


def test_a_reader_of_both_streams_that_goes_away_changes_no_exit_status():
    """As behind ``2>&1 | head -3``."""
    reading, writing = os.pipe()
    process = command("--epochs", "0", stdout=writing, stderr=writing)
    os.close(writing)
    os.close(reading)
    assert process.wait(timeout=600) == 2


def test_a_run_whose_stderr_is_closed_goes_on(tmp_path, monkeypatch):
    """As started with ``2>&-``."""
    monkeypatch.setattr(sys, "stderr", None)
    assert list(run_in(tmp_path).steps_left()) == [0, 1, 2, 3, 4]


def test_a_run_leaves_a_page_that_shows_it(tmp_path):
    out = tmp_path / "run"
    train.main(["--limit", "128", "--epochs", "2", "--out", str(out)])
    page = (out / "index.html").read_text(encoding="utf-8")
    counts = [int(n) for n in re.findall(r'<td (?:class="true"|style="[^"]*")>(\d+)</td>', page)]
    assert (len(counts), sum(counts)) == (100, 10_000)
    with open(out / "metrics.csv") as file:
        for row in csv.DictReader(file):
            assert f'<td class="number">{float(row["train_loss"]):.4f}</td>' in page
    config = json.loads((out / "config.json").read_text())
    right = sum(counts[i * 11] for i in range(10))
    assert right == round(config["test_accuracy"] * 10_000)
    assert f"{config['test_accuracy']:.2%} of the test digits are right</h1>" in page
    layers = ["CustomConv2D", "BatchNorm2d", "ReLU", "CustomMaxPool2D"]
    assert re.findall(r"\d\. After (\w+): ", page) == 2 * layers
    assert not re.findall(r'(?:src|href)="(?!data:image/png;base64,)', page)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def f(:\n", r"invalid syntax \(layers\.py, line 1\)"),
        ("", r"cannot import name 'CustomConv2D' from 'layers' \(.*\)"),
        (None, "No module named 'layers'"),
    ],
)
def test_layers_that_cannot_be_imported_are_told_in_one_line(text, said, tmp_path):
    shutil.copy(ROOT / "train.py", tmp_path)
    if text is not None:
        (tmp_path / "layers.py").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, tmp_path / "train.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 2
    assert re.fullmatch(rf"train\.py: the four layers cannot be imported: {said}\n", done.stderr)


def test_layers_that_are_not_written_yet_are_told_in_one_line(tmp_path):
    shutil.copy(ROOT / "train.py", tmp_path)
    (tmp_path / "layers.py").write_text(starter(), encoding="utf-8")
    arguments = ["--data", ROOT / "data", "--limit", "64", "--epochs", "1"]
    done = subprocess.run(
        [sys.executable, tmp_path / "train.py", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    said = r"train\.py: .*layers\.py, line \d+: this layer is not written yet\n"
    assert done.returncode == 2
    assert re.fullmatch(said, done.stderr)
    assert list((tmp_path / "runs").iterdir()) == []  # nothing that --resume could take up
