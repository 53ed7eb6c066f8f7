"""Outputs: progress bars counted, not timed; streams in one piece; no path or address of a machine."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from likeness.report.page.outputs import failed_cell, replay, summarise, tidy_outputs, without_paths


def test_a_bar_leaves_what_it_counted() -> None:
    assert (
        summarise("\rdecode:  10%|#    | 1/10 [00:01<00:09]\rdecode: 100%|#####| 10/10 [00:02<00:00, 5.1it/s]\n")
        == "decode: 10 of 10"
    )


def test_bars_one_after_the_other_leave_a_line_each_and_those_without_total_their_count() -> None:
    bars = "a: 100%|##| 2/2 [00:01<00:00]\nb:  50%|# | 1/2 [00:01<00:01]\n7it [00:01, 3.2it/s]\n 100%|#| 4.0k/4.0k [00:00<00:00]"
    assert summarise(bars).split("\n") == ["a: 2 of 2", "b: 1 of 2", "progress: 4.0k of 4.0k"]


def test_a_warning_keeps_its_message_and_loses_its_place() -> None:
    text = "/tmp/ipykernel_71/24.py:3: UserWarning: few photos\n  warnings.warn(x)\n"
    assert summarise(text) == "UserWarning: few photos"
    text = "/home/ann/.venv/lib/python3.11/site-packages/torch/nn.py:3: FutureWarning: old\n"
    assert summarise(text) == "nn.py:3: FutureWarning: old"


def test_a_missing_widget_is_no_news() -> None:
    text = (
        "/x/tqdm/auto.py:21: TqdmWarning: IProgress not found. Please update.\n  from .a import b\na: 100%|#| 2/2 [0]\n"
    )
    assert summarise(text) == "a: 2 of 2"


def test_carriage_return_starts_the_line_anew() -> None:
    assert replay("a\rb\nc\r\nd") == "b\nc\nd"


@pytest.mark.parametrize(
    ("path", "short"),
    [
        ("~/code/src/likeness/people/a.py:3", "src/likeness/people/a.py:3"),
        ("File /opt/lib/torch/nn/b.py:3", "File b.py:3"),
        ('"/opt/lib/c.so"', '"c.so"'),
    ],
)
def test_folders_of_a_machine_are_cut(path: str, short: str) -> None:
    assert without_paths(path) == short


@pytest.mark.parametrize("kept", ["data/pose/a.py", "https://example.org/x/a.py", "1/2", "and/or"])
def test_relative_paths_and_addresses_stay(kept: str) -> None:
    assert without_paths(kept) == kept


def test_pieces_of_a_stream_are_joined_where_the_first_stood() -> None:
    outputs = [
        new_output("stream", name="stderr", text="a:  50%|# | 1/2 [00:01<00:01]\r"),
        new_output("stream", name="stdout", text="x\n"),
        new_output("stream", name="stderr", text="a: 100%|##| 2/2 [00:01<00:00]\n"),
        new_output("stream", name="stdout", text="y\n"),
    ]
    assert [output.text for output in tidy_outputs(outputs)] == ["a: 2 of 2", "x\ny\n"]


def test_empty_streams_are_left_out() -> None:
    assert tidy_outputs([new_output("stream", name="stderr", text="\n")]) == []


def test_failed_cell() -> None:
    assert failed_cell(new_notebook(cells=[new_code_cell("1")])) is None
    error = new_output("error", ename="KeyError", evalue="'x'", traceback=[])
    cells = [
        new_code_cell("k", metadata={"tags": ["injected-parameters"]}),
        new_code_cell("1"),
        new_code_cell("2", outputs=[error]),
    ]
    assert failed_cell(new_notebook(cells=cells)) == ("cell-2", "KeyError: 'x'")
