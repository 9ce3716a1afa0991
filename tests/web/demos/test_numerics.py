"""JavaScript computes what Python does. Without Node these tests are skipped."""

import json
import shutil
import subprocess

import numpy as np
import pytest

from ae_lib import squared_error
from tools.course import ROOT
from web.demos import files, networks
from web.extensions.pages import demo_scripts

FOLDER = ROOT / files.DATA
NODE = shutil.which("node")

ASK = """
import fs from "node:fs";
import * as numerics from "%s";
const read = (name) => {
  const file = fs.readFileSync("%s/" + name);
  return file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
};
const { files } = JSON.parse(new TextDecoder().decode(read("manifest.json")));
const load = (name) => numerics.unpack(read(name + ".bin"), files[name].arrays);
const plain = (key, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
const asked = JSON.parse(fs.readFileSync(0, "utf-8"));
const answer = (%s)(asked, numerics, load);
process.stdout.write(JSON.stringify(answer, plain));
"""


def ask_node(program, question):
    """Run a function of (question, numerics, load) in Node; return its answer."""
    if NODE is None:
        pytest.skip("node is not installed: what JavaScript computes was not compared")
    script = ASK % ((FOLDER.parent / "numerics.mjs").as_uri(), FOLDER.as_posix(), program)
    done = subprocess.run(
        [NODE, "--input-type=module", "--eval", script],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", ["digits", "map_digits"])
def test_javascript_reads_the_bytes_that_a_script_brings(name):
    (path,) = FOLDER.glob(f"{name}.*")
    written = json.loads(demo_scripts.data_script(path).partition(" = ")[2].rstrip(";\n"))
    program = "(text, { bytesOf }) => new Uint8Array(bytesOf(text))"
    assert bytes(ask_node(program, written)) == path.read_bytes()


@pytest.mark.parametrize(
    ("name", "linear"),
    [("digits_decoder", False), ("digits_encoder", True), ("map_decoder", False)],
)
def test_javascript_runs_the_networks_as_python_does(rng, name, linear):
    layers = networks.layers_of(files.load(name))
    inputs = rng.normal(size=(3, layers[0][0].shape[1]))
    program = """(asked, { Network }, load) => {
        const network = new Network(load(asked.name), { linear: asked.linear });
        return asked.inputs.map((input) => network.run(input));
    }"""
    answer = ask_node(program, {"name": name, "linear": linear, "inputs": inputs.tolist()})
    np.testing.assert_allclose(answer, networks.run(layers, inputs, linear=linear), atol=1e-9)


def test_javascript_does_pca_as_scikit_learn_does(digits, pca):
    some = digits.x_test[:3].astype(float)
    program = """(asked, { Pca, squaredError }, load) => {
        const pca = new Pca(load("pca"));
        return asked.map((pixels) => {
            const code = pca.encode(pixels);
            return { code, error: squaredError(pixels, pca.decode(code)) };
        });
    }"""
    answer = ask_node(program, some.tolist())
    codes = pca.transform(some)[:, :30]
    stored = files.load("pca")["components"]
    signs = np.sign((stored * pca.components_[:30]).sum(axis=1))
    np.testing.assert_allclose([one["code"] for one in answer], codes * signs, atol=1e-4)
    x_hat = pca.mean_ + codes @ pca.components_[:30]
    expected = squared_error(some, x_hat, per_image=True)
    np.testing.assert_allclose([one["error"] for one in answer], expected, atol=1e-4)


def test_javascript_finds_the_nearest_dots(rng):
    points, place = rng.normal(size=(200, 2)), [0.3, -0.2]
    program = """(asked, { nearest }) => [
        nearest(asked.points, ...asked.place, 7), nearest(asked.points, ...asked.place, 3, 20),
    ]"""
    every, early = ask_node(program, {"points": points.ravel().tolist(), "place": place})
    order = np.argsort(((points - place) ** 2).sum(axis=1))
    assert every == order[:7].tolist()
    assert early == [i for i in order.tolist() if i < 20][:3]


def test_javascript_mixes_and_counts_as_python_does(digits):
    x, y = digits.x_test[:2].astype(float)
    program = """([x, y], { mix, countGrey }) => {
        const mixed = mix(x, y, 0.3);
        return { mixed, grey: countGrey(mixed) };
    }"""
    answer = ask_node(program, [x.tolist(), y.tolist()])
    expected = 0.7 * x + 0.3 * y
    np.testing.assert_allclose(answer["mixed"], expected, atol=1e-12)
    assert answer["grey"] == int(((expected > 0.25) & (expected < 0.75)).sum())


@pytest.mark.parametrize("scale", [0.3, 1, 1.2])
def test_drawings_are_placed_as_mnists_digits(scale):
    seven = [[[8 * scale, 3 * scale], [20 * scale, 3 * scale], [12 * scale, 22 * scale]]]
    program = "(strokes, { likeMnist }) => likeMnist(strokes)"
    picture = np.array(ask_node(program, seven)).reshape(28, 28)
    rows, columns = (np.flatnonzero(picture.max(axis=axis) > 0.5) for axis in (1, 0))
    longer = max(np.ptp(rows), np.ptp(columns)) + 1
    assert 19 <= longer <= 21
    ink = picture / picture.sum()
    centre = [(ink.sum(axis=axis) * (np.arange(28) + 0.5)).sum() for axis in (1, 0)]
    np.testing.assert_allclose(centre, [14, 14], atol=0.6)


def test_an_empty_board_is_no_ink():
    program = "(strokes, { likeMnist }) => likeMnist(strokes)"
    assert not np.any(ask_node(program, []))


def test_javascript_says_what_it_received():
    program = """(asked, { Network }, load) => {
        try { new Network(load("map_decoder")).run(asked); } catch (error) { return error.message; }
    }"""
    assert ask_node(program, [1, 2, 3]) == "The input must hold 2 numbers. Received: 3"


def test_numbers_for_people_have_a_minus_sign_and_no_negative_zero():
    program = "(asked, { format }) => asked.map((value) => format(value))"
    assert ask_node(program, [-0.04, -1.26, 2.0]) == ["0.0", "\u22121.3", "2.0"]
