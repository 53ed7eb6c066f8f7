import threading
import time

import pytest
import torch

from likeness.parallel import ahead, single_threaded


@pytest.fixture
def threads(monkeypatch):
    """Set how many threads work ahead."""
    return lambda count: monkeypatch.setattr("likeness.parallel.cores", lambda: count)


def test_results_come_in_the_order_of_their_items_however_long_each_takes(threads):
    threads(3)

    def work(number):
        time.sleep(0.02 * (number % 3 == 0))
        return number, threading.current_thread().name

    found = list(ahead(work, range(12)))
    assert [number for number, _ in found] == list(range(12))
    assert threading.current_thread().name not in {name for _, name in found}


def test_no_more_is_begun_than_the_window_holds(threads):
    threads(2)
    begun = []
    results = ahead(lambda number: begun.append(number) or number, iter(range(100)), window=3)
    assert next(results) == 0
    time.sleep(0.1)
    assert sorted(begun) == list(range(7))  # six in the window, and one more for the one that was taken
    results.close()
    assert len(begun) < 10


def test_an_error_comes_through_and_ends_the_work(threads):
    threads(1)
    begun = []

    def work(number):
        begun.append(number)
        if number == 3:
            raise ValueError("three")
        return number

    with pytest.raises(ValueError, match="three"):
        list(ahead(work, range(100)))
    assert max(begun) < 10


def test_threads_that_start_meanwhile_compute_with_one_thread(threads):
    threads(2)
    torch.set_num_threads(2)
    try:
        with single_threaded():
            assert list(ahead(lambda _: torch.get_num_threads(), range(2))) == [1, 1]
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(1)
