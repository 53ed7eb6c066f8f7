"""Collecting from a server that takes 100 ms an answer: ours beside `requests`, one at a time, all in one run; memory.

`make bench-collect` writes benchmarks/results/collect.json, collect.md and collect.svg: about six minutes on two cores.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from statistics import median

import requests
from collect_words import as_markdown, memory_figure, table

from likeness.machine import describe_machine
from likeness.paths import write_json, write_text
from likeness.report.style import figure_svg

sys.path.append(str(Path(__file__).parents[1] / "tests" / "collect"))
from load_run import Watched, run_watched
from load_server import PAGE, LoadServer, posts_of

RESULTS = Path(__file__).parent / "results"
WAIT, WORKERS = 0.1, 128  # [s] an answer; connections
ACCOUNTS, PICTURES = (10_000, 50_000, 100_000), 10_000
ALONE = 50  # requests one at a time, before, between and after ours
TOKEN = "EAA-token-1"
FIELDS = "username,followers_count,media_count,media.limit(50){id,caption,media_type,media_url,permalink,like_count}"
PROTOCOL = (
    "One server on loopback, in a process of its own on the same cores, answers after "
    f"{1000 * WAIT:.0f} ms. Ours is the command as a user starts it, {WORKERS} connections, from its start to its end: "
    "with loading its libraries, charging every request to the budget on the disk, and writing state and tables that "
    "outlive a kill. `requests` asks for the same addresses one after the other, "
    f"{ALONE} before, between and after our runs each, parses the JSON and keeps nothing; a `Session` keeps its "
    "connection open. The rate of ours is the number of requests that the server counted, by the seconds of the whole "
    "command."
)


class Bench:
    """Runs both sides against one server, in turn."""

    def __init__(self, server: LoadServer, folder: Path) -> None:
        self._server, self._folder, self._numbers = server, folder, count()
        self.alone: dict[str, list[float]] = {}
        self.ours: list[dict[str, object]] = []
        self._spans: list[tuple[float, float]] = []

    def ask_alone(self) -> None:
        """Time `requests`, with and without a kept connection, for accounts and for pictures."""
        with requests.Session() as session:
            self._time("accounts, requests.Session", lambda: self._account(session.get))
            self._time("pictures, requests.Session", lambda: self._picture(session.get))
        self._time("accounts, requests.get", lambda: self._account(requests.get))

    def _time(self, name: str, ask: Callable[[], object]) -> None:
        begin = time.perf_counter()
        for _ in range(ALONE):
            ask()
        self.alone.setdefault(name, []).append(ALONE / (time.perf_counter() - begin))

    def _account(self, get: Callable[..., requests.Response]) -> None:
        fields = f"business_discovery.username(user{next(self._numbers)}){{{FIELDS}}}"
        get(f"{self._server.url}/1", params={"fields": fields}, headers={"Authorization": f"Bearer {TOKEN}"}).json()

    def _picture(self, get: Callable[..., requests.Response]) -> None:
        file = self._folder / "alone.jpg"
        file.write_bytes(get(f"{self._server.url}/picture/{next(self._numbers) % PICTURES}").content)

    def collect_accounts(self, accounts: int) -> None:
        """Collect so many accounts with our command."""
        users = self._folder / f"users-{accounts}.txt"
        users.write_text("".join(f"user{number}\n" for number in range(accounts)), encoding="utf-8")
        words = ["instagram", "--users", users, "--budget", 10**7]
        asked = sum(max(1, -(-posts_of(account) // PAGE)) for account in range(accounts))
        self._collect("accounts", accounts, asked, words)

    def collect_pictures(self) -> None:
        """Collect all pictures with our command."""
        table = self._folder / "table.csv"
        lines = (f"{self._server.url}/picture/{number}\n" for number in range(PICTURES))
        table.write_text("url\n" + "".join(lines), encoding="utf-8")
        self._collect("pictures", PICTURES, PICTURES, ["images", table, "--url-column", "url"])

    def _collect(self, what: str, records: int, asked: int, words: list[object]) -> None:
        out = self._folder / f"{what}-{records}"
        environment = {
            "LIKENESS_INSTAGRAM_TOKENS": f"1:{TOKEN}",
            "LIKENESS_GRAPH_URL": self._server.url,
            "LIKENESS_BUDGET": str(self._folder / "budget" / "budget.sqlite"),
        }
        begin = time.time()
        run = run_watched([*words, "--out", out, "--allow-private", "--workers", WORKERS], environment, out)
        self._spans.append((begin, time.time()))
        self.ours.append(
            {"what": what, "records": records, "wanted": asked, "seconds": run.seconds, **memory(run, records)}
        )

    def count_requests(self) -> None:
        """Add what the server's log says, once it is written."""
        at = self._server.log["at"]
        for row, (begin, end) in zip(self.ours, self._spans, strict=True):
            mine = at[(at >= begin) & (at <= end)]
            row["requests"] = len(mine)
            row["requests_per_second"] = len(mine) / row["seconds"]
            row["while_collecting"] = len(mine) / float(mine.max() - mine.min())
            alone = median(self.alone[f"{row['what']}, requests.Session"])
            row["ratio"] = row["requests_per_second"] / alone


def memory(run: Watched, records: int) -> dict[str, object]:
    """Return resident MB over the records, and their most, while collecting and over the whole command."""
    collecting = [(done, memory) for _, done, memory, _ in run.samples if 0 < done < records]
    step = max(1, len(collecting) // 80)
    return {
        "memory": [[done, round(memory, 1)] for done, memory in collecting[::step]],
        "collecting_mb": max(memory for _, memory in collecting),
        "peak_mb": run.peak,
        "open_files": max(files for *_, files in run.samples),
    }


def main() -> None:
    """Measure everything and write the results."""
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        server = LoadServer(Path(name) / "log.npz", pictures=PICTURES, wait=WAIT)
        bench = Bench(server, Path(name))
        with server:
            bench.ask_alone()
            for accounts in ACCOUNTS:
                bench.collect_accounts(accounts)
                bench.ask_alone()
            bench.collect_pictures()
            bench.ask_alone()
        bench.count_requests()
    result = {
        "machine": describe_machine(["aiohttp", "httpx", "requests"]),
        "wait_seconds": WAIT,
        "protocol": PROTOCOL,
        "alone": bench.alone,
        "ours": bench.ours,
        "seconds": round(time.perf_counter() - begin),
    }
    write_json({**result, "table": table(result)}, RESULTS / "collect.json")
    write_text(as_markdown(result), RESULTS / "collect.md")
    write_text(figure_svg(memory_figure(result)) + "\n", RESULTS / "collect.svg")


if __name__ == "__main__":
    main()
