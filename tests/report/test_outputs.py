"""Outputs: progress bars counted, not timed; streams in one piece; no path or address of a machine."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from likeness.report.page.outputs import failed_cell, replay, summarise, tidy_outputs, without_paths


@pytest.mark.parametrize(
    ("stderr", "left"),
    [
        ("\rdecode:  10%|#    | 1/10 [00:01<00:09]\rdecode: 100%|#####| 10/10 [00:02<00:00, 5.1it/s]\n", "decode: 10 of 10"),
        ("a: 100%|##| 2/2 [00:01<00:00]\nb:  50%|# | 1/2 [00:01<00:01]\n", "a: 2 of 2\nb: 1 of 2"),
        ("7it [00:01, 3.2it/s]\n", "progress: 7"),
        ("7it [00:01, 3.2it/s]\n 100%|#| 4.0k/4.0k [00:00<00:00]", "progress: 4.0k of 4.0k"),
        ("/tmp/ipykernel_71/24.py:3: UserWarning: few photos\n  warnings.warn(x)\n", "UserWarning: few photos"),
        ("/home/ann/.venv/lib/python3.11/site-packages/torch/nn.py:3: FutureWarning: old\n", "nn.py:3: FutureWarning: old"),
        ("/x/tqdm/auto.py:21: TqdmWarning: IProgress not found. Please update.\n  from .a import b\na: 100%|#| 2/2 [0]\n", "a: 2 of 2"),
    ],
)  # fmt: skip
def test_bars_leave_what_they_counted_and_warnings_their_message(stderr: str, left: str) -> None:
    assert summarise(stderr) == left


def test_carriage_return_starts_the_line_anew() -> None:
    assert replay("a\rb\nc\r\nd") == "b\nc\nd"


@pytest.mark.parametrize(
    ("path", "short"),
    [
        ("~/code/src/likeness/people/a.py:3", "src/likeness/people/a.py:3"),
        ("File /opt/lib/torch/nn/b.py:3", "File b.py:3"),
        ('"/opt/lib/c.so"', '"c.so"'),
        *((kept, kept) for kept in ("data/pose/a.py", "https://example.org/x/a.py", "1/2", "and/or")),
    ],
)
def test_only_the_folders_of_a_machine_are_cut(path: str, short: str) -> None:
    assert without_paths(path) == short


def test_pieces_of_a_stream_are_joined_where_the_first_stood_and_empty_ones_left_out() -> None:
    outputs = [
        new_output("stream", name="stderr", text="a:  50%|# | 1/2 [00:01<00:01]\r"),
        new_output("stream", name="stdout", text="x\n"),
        new_output("stream", name="stderr", text="a: 100%|##| 2/2 [00:01<00:00]\n"),
        new_output("stream", name="stdout", text="y\n"),
    ]
    assert [output.text for output in tidy_outputs(outputs)] == ["a: 2 of 2", "x\ny\n"]
    assert tidy_outputs([new_output("stream", name="stderr", text="\n")]) == []


def test_failed_cell() -> None:
    assert failed_cell(new_notebook(cells=[new_code_cell("1")])) is None
    error = new_output("error", ename="KeyError", evalue="'x'", traceback=[])
    injected = new_code_cell("k", metadata={"tags": ["injected-parameters"]})
    cells = [injected, new_code_cell("1"), new_code_cell("2", outputs=[error])]
    assert failed_cell(new_notebook(cells=cells)) == ("cell-2", "KeyError: 'x'")


def test_logs_of_cpp_libraries_do_not_reach_a_page():
    log = (
        "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
        "I0000 00:00:1796080906.900000   29017 gl_context_egl.cc:85] Successfully initialized EGL\n"
        "W0000 00:00:1796080906.958706   29017 inference_feedback_manager.cc:114] Feedback manager requires a model\n"
        "INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n"
        "UserWarning: a photo is dark\n"
    )
    assert summarise(log) == "UserWarning: a photo is dark"
