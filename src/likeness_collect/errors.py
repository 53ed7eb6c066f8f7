"""What can go wrong while collecting: whether to try again, and one line for the reader."""


class CollectError(Exception):
    """Ends a run: one line that says what to do. Nothing that was collected is lost."""


class BudgetSpent(CollectError):
    """The hourly budget of every token is used up, and the run was told not to wait."""


class FetchError(Exception):
    """One address, user or hashtag cannot be had: `why` is one line, without the address and its secrets."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Permanent(FetchError):
    """Asking again would bring the same."""


class Transient(FetchError):
    """Asking again may help; retry_after: the pause [s] that the server asks for, 0 if it asks for none."""

    def __init__(self, why: str, retry_after: float = 0.0) -> None:
        super().__init__(why)
        self.retry_after = retry_after


class Unreachable(Transient):
    """No connection at all: no such name, refused, or no network."""
