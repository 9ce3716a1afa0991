"""A checkpoint gives back the same numbers, or says why not: other runs, damage, full disks."""

import errno
import warnings
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest

from ae_lib import RBM, Stack, pretrain
from ae_lib.stack import checkpoints, pretraining
from tests.ae_lib.stack.small_stacks import RUN, assert_same, digits


def test_a_checkpoint_that_is_a_file_is_refused_before_any_work(monkeypatch, tmp_path):
    monkeypatch.setattr(RBM, "train", lambda *_, **__: pytest.fail("work began"))
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(FileExistsError, match="taken"):
        pretrain(digits(), [3], random_state=0, batch_size=20, checkpoint=tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "mine"


@pytest.mark.slow
def test_a_finished_run_is_read_back_and_nothing_is_trained(uninterrupted, tmp_path, fitted):
    assert_same(pretrain(digits(), **RUN, checkpoint=tmp_path / "new" / "folder"), uninterrupted)
    assert fitted == [8, 6, 3]
    again = pretrain(digits(), **RUN, checkpoint=str(tmp_path / "new" / "folder"))
    assert_same(again, uninterrupted)
    assert fitted == [8, 6, 3]
    x = digits(5)
    np.testing.assert_array_equal(again.encode(x), uninterrupted.encode(x))
    files = sorted(path.name for path in (tmp_path / "new" / "folder").iterdir())
    assert files == ["layer_1.npz", "layer_2.npz", "layer_3.npz"]


@pytest.mark.slow
def test_an_rbm_that_was_read_back_trains_on_as_if_it_never_stopped(tmp_path):
    x = digits()
    for run in (1, 2):
        (rbm,) = pretrain(x, [4], n_iter=3, random_state=1, checkpoint=tmp_path).rbms
        rbm.partial_fit(x)
        if run == 1:
            trained = rbm
    assert (rbm.n_iter_, len(rbm.reconstruction_error_)) == (4, 4)
    assert_same(Stack([rbm]), Stack([trained]))


@pytest.mark.parametrize("missing", [(3,), (2,), (1, 2), (1, 3)])
def test_only_layers_that_are_missing_are_trained(missing, uninterrupted, tmp_path, fitted):
    pretrain(digits(), **RUN, checkpoint=tmp_path)
    fitted.clear()
    for number in missing:
        (tmp_path / f"layer_{number}.npz").unlink()
    assert_same(pretrain(digits(), **RUN, checkpoint=tmp_path), uninterrupted)
    assert fitted == [RUN["layers"][number - 1] for number in missing]


@pytest.mark.slow
def test_layers_above_can_be_added_later(tmp_path, fitted):
    x = digits()
    pretrain(x, [8, 6], code="bernoulli", n_iter=2, random_state=1, checkpoint=tmp_path)
    deeper = pretrain(x, [8, 6, 3], n_iter=2, random_state=1, checkpoint=tmp_path)
    assert fitted == [8, 6, 3]
    assert_same(deeper, pretrain(x, [8, 6, 3], n_iter=2, random_state=1))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"n_iter": 4}, r"layer_1.npz was made by another run: n_iter=3 instead of 4\. Take an"),
        ({"random_state": 8}, r"layer_1.npz .*: random_state=\d+ instead of \d+\. "),
        ({"momentum": [0.5, 0.9]}, r"layer_1.npz .*: momentum=.* instead of \[0.5, 0.9\]\. "),
        ({"layers": [8, 5, 3]}, r"layer_2.npz .*: n_components=6 instead of 5\. "),
        ({"code": "bernoulli"}, r"layer_3.npz .*hidden=gaussian instead of bernoulli; learning_r"),
        ({"code_learning_rate": 0.002}, r"layer_3.npz .*: learning_rate=0.001 instead of 0.002\. "),
        ({"data": digits(seed=1)}, r"layer_1.npz .*: other data"),
        ({"data": digits()[::-1]}, r"layer_1.npz .*: other data"),
        ({"data": digits()[:99]}, r"layer_1.npz .*: other data"),
    ],
)
def test_another_run_does_not_mix_with_a_checkpoint(changed, words, tmp_path, fitted):
    pretrain(digits(), **RUN, checkpoint=tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    fitted.clear()
    with pytest.raises(ValueError, match=words):
        pretrain(**{"data": digits(), **RUN, "checkpoint": tmp_path, **changed})
    assert not fitted
    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


@pytest.mark.parametrize("part", ["components_", "intercept_hidden_", "intercept_visible_"])
def test_a_layer_trained_on_another_layer_below_is_refused(part, uninterrupted, tmp_path):
    pretrain(digits(), **RUN, checkpoint=tmp_path)
    below = deepcopy(uninterrupted.rbms[0])
    getattr(below, part)[0] += 1
    checkpoints.store(tmp_path / "layer_1.npz", below, checkpoints.digest("", digits()), 1.0)
    with pytest.raises(ValueError, match=r"layer_2.npz .*other layers below"):
        pretrain(digits(), **RUN, checkpoint=tmp_path)


def test_a_digest_depends_on_every_value_the_shape_and_what_came_before():
    array = np.zeros((5000, 2), np.float32)
    changed = [array.copy() for _ in range(3)]
    for place, other in zip([0, 2500, 4999], changed, strict=True):
        other[place, 1] = 1
    found = [checkpoints.digest("", other) for other in [array, array.reshape(2500, 4), *changed]]
    found += [checkpoints.digest(before, array) for before in (found[0], found[1])]
    assert len(set(found)) == 7
    assert found[0] == checkpoints.digest("", np.asfortranarray(array.astype(np.float64)))


def test_the_same_data_in_another_form_are_the_same_data(tmp_path, fitted, monkeypatch):
    monkeypatch.setenv("AE_PROGRESS", "0")
    pretrain(digits(), **RUN, checkpoint=tmp_path)
    pretrain(np.asfortranarray(digits()), **RUN, checkpoint=tmp_path, verbose=1)
    pretrain(digits().astype(np.float64), **RUN, checkpoint=tmp_path)
    pretrain(digits().tolist(), **RUN | {"n_iter": np.int64(3)}, checkpoint=tmp_path)
    assert fitted == RUN["layers"]


def damage(content, how):
    middle = len(content) // 2
    return {
        "empty": b"",
        "cut": content[:middle],
        "short": content[:-1],
        "zeros": content[:middle] + bytes(len(content) - middle),
        "flipped": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
        "text": b"not a checkpoint",
        "array": b"\x93NUMPY" + content[6:],
    }[how]


@pytest.mark.parametrize("how", ["empty", "cut", "short", "zeros", "flipped", "text", "array"])
def test_a_damaged_file_is_reported_and_its_layer_trained_again(
    how, uninterrupted, tmp_path, fitted
):
    pretrain(digits(), **RUN, checkpoint=tmp_path)
    file = tmp_path / "layer_2.npz"
    whole = file.read_bytes()
    file.write_bytes(damage(whole, how))
    fitted.clear()
    with pytest.warns(UserWarning, match=r"layer_2.npz is damaged, so its layer is trained again"):
        assert_same(pretrain(digits(), **RUN, checkpoint=tmp_path), uninterrupted)
    assert fitted == [6]
    assert_same(pretrain(digits(), **RUN, checkpoint=tmp_path), uninterrupted)
    assert fitted == [6]


def test_no_damage_gets_through(uninterrupted, tmp_path):
    rbm, file = uninterrupted.rbms[1], tmp_path / "layer_2.npz"
    checkpoints.store(file, rbm, "data", 1.5)
    whole, rng = file.read_bytes(), np.random.default_rng(0)
    read, reported = 0, 0
    for place in range(0, len(whole), 7):
        flipped = whole[place] ^ (1 << int(rng.integers(8)))
        file.write_bytes(whole[:place] + bytes([flipped]) + whole[place + 1 :])
        found = RBM(**rbm.get_params()).initialise(rbm.n_features_in_)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            seconds = checkpoints.restore(file, found, "data")
            if seconds is not None:
                # Some bytes of a zip file mean nothing.
                assert seconds == 1.5
                assert_same(Stack([found]), Stack([rbm]))
                read += 1
            else:
                assert "is damaged" in str(caught[0].message)
                assert found.n_iter_ == 0
                reported += 1
    assert reported > read


def test_a_file_that_cannot_be_read_is_kept_under_another_name(uninterrupted, tmp_path):
    for content in (b"of somebody else", b"another one"):
        (tmp_path / "layer_2.npz").write_bytes(content)
        with pytest.warns(UserWarning, match="damaged"):
            pretrain(digits(), **RUN, checkpoint=tmp_path)
    assert (tmp_path / "layer_2.npz.unreadable").read_bytes() == b"of somebody else"
    assert (tmp_path / "layer_2.npz.unreadable2").read_bytes() == b"another one"
    assert_same(pretrain(digits(), **RUN, checkpoint=tmp_path), uninterrupted)


def test_a_folder_that_cannot_be_written_to_is_refused_before_any_work(tmp_path, monkeypatch):
    pretrain(digits(), **RUN, checkpoint=tmp_path / "whole")

    def refuse(path, *_, **__):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "touch", refuse)
    monkeypatch.setattr(RBM, "train", lambda *_, **__: pytest.fail("work began"))
    with pytest.raises(PermissionError, match=r"checkpoint cannot be written to.*Take a folder"):
        pretrain(digits(), **RUN, checkpoint=tmp_path / "new")
    # Where all layers are there, nothing is written.
    pretrain(digits(), **RUN, checkpoint=tmp_path / "whole")


def full_disk(file, **arrays):
    file.write(b"half")
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_costs_no_training(uninterrupted, tmp_path, monkeypatch):
    pretrain(digits(), **RUN, checkpoint=tmp_path)
    (tmp_path / "layer_3.npz").unlink()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.setattr(np, "savez", full_disk)
    with pytest.warns(UserWarning, match=r"goes on without it: .*layer_3.npz.*No space left"):
        assert_same(pretrain(digits(), **RUN, checkpoint=tmp_path), uninterrupted)
    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def test_a_file_that_another_run_wrote_meanwhile_is_not_overwritten(tmp_path):
    other, own = (RBM(3, n_iter=n, batch_size=20, random_state=0).fit(digits()) for n in (1, 2))
    checkpoints.store(tmp_path / "layer_1.npz", other, "data", 1.0)
    before = (tmp_path / "layer_1.npz").read_bytes()
    with pytest.raises(FileExistsError, match="was made by another run: n_iter=1 instead of 2"):
        checkpoints.store(tmp_path / "layer_1.npz", own, "data", 1.0)
    assert (tmp_path / "layer_1.npz").read_bytes() == before


def test_a_folder_may_be_named_as_in_a_shell(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    pretrain(digits(), [3], n_iter=1, random_state=0, batch_size=20, checkpoint="~/mit Umlaut ä")
    assert (tmp_path / "mit Umlaut ä" / "layer_1.npz").is_file()


# Within a layer


class KilledError(Exception):
    pass


@pytest.fixture
def killed(monkeypatch):
    """Run `pretrain`, and die after so many epochs of all layers together."""

    def run(n_epochs, **arguments):
        trained, train_epoch = [], RBM._train_epoch

        def train_or_die(rbm, *rest):
            if len(trained) == n_epochs:
                raise KilledError
            train_epoch(rbm, *rest)
            trained.append((rbm.n_components, rbm.n_iter_))

        with monkeypatch.context() as patch:
            patch.setattr(RBM, "_train_epoch", train_or_die)
            try:
                return pretrain(digits(), **RUN, **arguments), trained
            except KilledError:
                return None, trained

    return run


def rolled(layer, epoch):
    """An order of 100 rows that is another one for each layer and epoch."""
    return np.roll(np.arange(100), 10 * layer + epoch)


@pytest.mark.parametrize("order", [None, rolled])
def test_a_run_that_stopped_within_a_layer_goes_on_with_the_next_epoch(order, tmp_path, killed):
    how = {"checkpoint": tmp_path, "save_every": 0, "order": order}
    assert killed(5, **how)[1] == [(8, 1), (8, 2), (8, 3), (6, 1), (6, 2)]
    # A second time, after one more epoch.
    assert killed(1, **how)[1] == [(6, 3)]
    resumed, trained = killed(None, **how)
    assert trained == [(3, 1), (3, 2), (3, 3)]
    assert_same(resumed, pretrain(digits(), **RUN, order=order))
    # What was read back goes on as if it had not been.
    again, trained = killed(None, **how)
    assert trained == []
    assert_same(again, resumed)


def test_within_a_layer_it_is_kept_when_the_time_has_come(tmp_path, killed, monkeypatch):
    stored, store, clock = [], checkpoints.store, [0.0]

    def watched(path, rbm, *rest):
        stored.append((path.name, rbm.n_iter_))
        store(path, rbm, *rest)

    def tick():
        clock[0] += 1.0  # twice an epoch: when it is asked whether to keep, and when it is kept
        return clock[0]

    monkeypatch.setattr(checkpoints, "store", watched)
    monkeypatch.setattr(pretraining.time, "monotonic", tick)
    pretrain(digits(), **RUN | {"n_iter": 5, "layers": [4]}, checkpoint=tmp_path, save_every=2.0)
    assert stored == [("layer_1.npz", 2), ("layer_1.npz", 4), ("layer_1.npz", 5)]
    stored.clear()
    pretrain(digits(), **RUN, checkpoint=tmp_path / "every", save_every=1e9)
    assert stored == [("layer_1.npz", 3), ("layer_2.npz", 3), ("layer_3.npz", 3)]


def test_a_layer_that_is_not_finished_is_not_taken_by_another_run(tmp_path, killed):
    killed(2, checkpoint=tmp_path, save_every=0)
    before = (tmp_path / "layer_1.npz").read_bytes()
    with pytest.raises(ValueError, match=r"layer_1.npz .* another run: n_iter=3 instead of 2"):
        pretrain(digits(), **RUN | {"n_iter": 2}, checkpoint=tmp_path)
    assert (tmp_path / "layer_1.npz").read_bytes() == before


def test_time_of_training_is_counted_on_without_the_interruption(tmp_path, killed):
    assert np.isnan(Stack(pretrain(digits(), **RUN).rbms).seconds)
    killed(5, checkpoint=tmp_path, save_every=0)
    resumed, _ = killed(None, checkpoint=tmp_path, save_every=0)
    kept = [float(np.load(tmp_path / f"layer_{number}.npz")["seconds"]) for number in (1, 2, 3)]
    assert min(kept) > 0
    assert resumed.seconds == pytest.approx(sum(kept), abs=0.5)
    again, trained = killed(None, checkpoint=tmp_path)
    assert not trained
    assert again.seconds == pytest.approx(sum(kept), rel=1e-12)


def as_earlier_versions_wrote(file, seconds=None):
    """Write a layer's file anew without its time, or with it in a file beside."""
    with np.load(file) as stored:
        arrays = {name: stored[name] for name in stored if name != "seconds"}
    np.savez(file, **arrays)
    if seconds is not None:
        file.with_suffix(".seconds").write_text(str(seconds), encoding="ascii")


def test_checkpoints_of_earlier_versions_are_read(tmp_path, killed, uninterrupted):
    killed(5, checkpoint=tmp_path, save_every=0)
    as_earlier_versions_wrote(tmp_path / "layer_1.npz", seconds=1000.0)
    as_earlier_versions_wrote(tmp_path / "layer_2.npz", seconds=200.0)
    resumed, trained = killed(None, checkpoint=tmp_path)
    assert trained == [(6, 3), (3, 1), (3, 2), (3, 3)]
    assert_same(resumed, uninterrupted)
    assert 1200 < resumed.seconds < 1300
    (tmp_path / "layer_1.seconds").unlink()
    as_earlier_versions_wrote(tmp_path / "layer_1.npz")
    again, trained = killed(None, checkpoint=tmp_path)
    assert not trained
    assert np.isnan(again.seconds)
