"""A network is given the shape of the pictures: the same numbers for fewer pixels, or its own input."""

from __future__ import annotations

import logging

import numpy as np
import onnxruntime as ort
import pytest

from bench.pipeline import frames
from detection.detect.engines import OnnxRuntimeEngine
from detection.detect.fitted import MOST_SIZES, FittedDetector
from detection.detect.measured import agreement
from detection.detect.onnx import OnnxDetector
from detection.detect.reshape import ReshapeError, reshaped, size_for
from tests.shared_data import shared


@pytest.mark.parametrize(
    ("own", "picture", "expected"),
    [
        ((416, 416), (360, 480), (320, 416)),
        ((416, 416), (1080, 1920), (256, 416)),
        ((416, 416), (1920, 1080), (416, 256)),
        ((416, 416), (240, 360), (288, 416)),
        ((640, 640), (480, 640), (480, 640)),
        ((640, 640), (500, 500), (640, 640)),
        ((416, 416), (1, 4000), (32, 416)),
        ((320, 640), (480, 640), (320, 448)),
    ],
)
def test_the_input_takes_the_pictures_shape_at_the_same_scale(own, picture, expected):
    assert size_for(own, picture) == expected


def answer(model: bytes | str, inputs: np.ndarray) -> np.ndarray:
    session = ort.InferenceSession(model, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: inputs})[0]


@pytest.mark.parametrize("weights", ["yolov8n_416.onnx", "yolox_nano_416.onnx"])
def test_at_its_own_size_the_network_answers_as_before(weights):
    path = shared(f"weights/{weights}")
    inputs = np.random.default_rng(1).random((1, 3, 416, 416), np.float32)
    np.testing.assert_array_equal(answer(reshaped(path, (416, 416)), inputs), answer(str(path), inputs))


@pytest.mark.filterwarnings("ignore")  # of the exporter by which such files are made
@pytest.mark.parametrize("architecture", ["yolov8n", "yolo11n"])
def test_another_size_gives_what_the_network_itself_gives_there(architecture, tmp_path):
    torch = pytest.importorskip("torch")
    ultralytics = pytest.importorskip("ultralytics")
    torch.manual_seed(1)
    network = ultralytics.YOLO(f"{architecture}.yaml").model
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0
    with torch.no_grad():
        network.train()(torch.rand(8, 3, 160, 160))  # else fresh weights fade out, and every place is answered alike
    network.eval()
    network.model[-1].export, network.model[-1].format = True, "onnx"
    path = tmp_path / f"{architecture}.onnx"
    with torch.no_grad():
        network(torch.zeros(1, 3, 160, 160))
        torch.onnx.export(network, (torch.zeros(1, 3, 160, 160),), str(path), opset_version=17, dynamo=False)
        inputs = torch.rand(1, 3, 96, 160)
        network.model[-1].shape = None
        expected = network(inputs).numpy()
    assert expected.shape == (1, 84, 12 * 20 + 6 * 10 + 3 * 5)
    assert (expected[0].std(axis=1) / expected[0].mean(axis=1)).min() > 0.05
    np.testing.assert_allclose(answer(reshaped(path, (96, 160)), inputs.numpy()), expected, rtol=1e-3, atol=0.01)
    three = np.concatenate([inputs.numpy(), np.zeros((1, 3, 96, 160), np.float32), inputs.numpy()])
    together = answer(reshaped(path, (96, 160), any_batch=True), three)
    np.testing.assert_allclose(together[[0, 2]], np.concatenate([expected, expected]), rtol=1e-3, atol=0.01)
    assert np.abs(together[1] - expected[0]).max() > 0.01


@pytest.mark.parametrize("weights", ["yolov8n_416.onnx", "yolox_nano_416.onnx"])
def test_a_network_for_one_picture_takes_batches_at_its_own_size(weights):
    path = shared(f"weights/{weights}")
    detector = OnnxDetector(path)
    assert detector._engine.batch == 1
    batched = detector.through(OnnxRuntimeEngine(path, any_batch=True))
    assert batched._engine.batch is None
    images = [f.image for f in frames(shared("videos/opencv_vtest_480x360.avi"), 0.25, 480)][:5]
    for one, other in zip(batched.detect(images, [""] * 5), detector.detect(images, [""] * 5), strict=True):
        alike, sure = agreement(other, one)
        assert (alike, len(one)) == (sure, len(other))


def test_pictures_of_each_shape_have_their_own_input_and_keep_their_order():
    path = shared("weights/yolov8n_416.onnx")
    whole = [f.image for f in frames(shared("videos/opencv_vtest_480x360.avi"), 0.25, 480)][:8]
    square = [np.ascontiguousarray(image[:, :360]) for image in whole]
    detector = FittedDetector(lambda size: OnnxDetector(path, size=size))
    assert detector.opened == ()
    mixed = [image for pair in zip(whole, square, strict=True) for image in pair]
    found = detector.detect(mixed, ["a"] * len(mixed))
    assert [one.size for one in detector.opened] == [(320, 416), (416, 416)]
    own = detector.own.detect(mixed, ["a"] * len(mixed))
    assert found[1::2] == own[1::2]
    counts = [agreement(before, after) for before, after in zip(own[::2], found[::2], strict=True)]
    alike, sure = (sum(column) for column in zip(*counts, strict=True))
    assert sure > 20
    assert alike >= 0.95 * sure


def test_only_so_many_copies_are_opened():
    path = shared("weights/yolox_nano_416.onnx")
    asked: list[tuple[int, int] | None] = []

    def open_at(size):
        asked.append(size)
        return OnnxDetector(path, size=size)

    detector = FittedDetector(open_at)
    for height in range(30, 400, 30):
        detector.detect([np.zeros((height, 400, 3), np.uint8)], ["a"])
    assert asked[0] is None
    assert len(asked) == 1 + MOST_SIZES


def test_a_network_that_cannot_be_rewritten_goes_on_with_its_own_input(tmp_path, caplog):
    onnx = pytest.importorskip("onnx")
    model = onnx.load(str(shared("weights/yolov8n_416.onnx")))
    (strides,) = (
        node.attribute[0].t
        for node in model.graph.node
        if node.op_type == "Constant" and list(node.attribute[0].t.dims) == [1, 3549]
    )
    foreign = onnx.numpy_helper.to_array(strides) * np.float32(1.5)
    strides.CopyFrom(onnx.numpy_helper.from_array(foreign, strides.name))
    path = tmp_path / "foreign.onnx"
    onnx.save(model, str(path))
    with pytest.raises(ReshapeError, match=r"a constant of \(1, 3549\)"):
        reshaped(path, (320, 416))
    detector = FittedDetector(lambda size: OnnxDetector(path, size=size))
    image = np.zeros((360, 480, 3), np.uint8)
    with caplog.at_level(logging.INFO):
        assert detector.detect([image, image], ["a", "b"]) == [[], []]
        detector.detect([image], ["a"])
    assert detector.opened == (detector.own,)
    assert len([r for r in caplog.records if "keeps its own input for pictures of 320×416" in r.message]) == 1
