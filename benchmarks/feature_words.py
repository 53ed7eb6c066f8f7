"""The results of the extraction benchmark as a page of Markdown, and as lines of the table of all benchmarks."""

from words import grown, growth_table, machine_line, markdown_table

TIMES = {"img2vec_pytorch": 3.0, "imagededup": 1.0, "DataLoader loop": 1.0}
LIMIT, AGAIN = 0.9, 0.03


def table(result: dict) -> list[dict[str, object]]:
    """Return the lines for the table of all benchmarks."""
    rates = {row["network"]: row["photos_per_second"] for row in result["speed"] if row["method"] == "ours"}
    growth = {row["network"]: grown(row, "photos") for row in result["growth"]}
    lines = [_line(row, rates, growth) for row in result["speed"] if row["method"] in (*TIMES, "limit")]
    lines += [
        {"what": f"1 % of {row['photos']:,} photos of {row['width']} px are new, {row['network']}",
         "ours": f"{row['again']:.2f} s",
         "beside": "the first run", "figure": f"{row['share']:.1%} of it", "goal": f"{AGAIN:.0%}",
         "met": row["share"] <= AGAIN, "growth": ""}
        for row in result["again"]
    ]  # fmt: skip
    lines += [
        {"what": f"features, 1080 px, {row['network']}, {row['device']}",
         "ours": f"{row['photos_per_second']:,.0f} photos/s", "beside": "the network alone",
         "figure": f"{row['network_alone']:,.0f} images/s, {row['share_of_ceiling']:.0%} of a matrix product's speed",
         "goal": "", "met": None, "growth": ""}
        for row in result["gpu"]
    ]  # fmt: skip
    return lines + [
        {"what": "features, 1080 px", "ours": "", "beside": name, "figure": f"skipped: {reason}", "goal": "",
         "met": None, "growth": ""}
        for name, reason in result["skipped"].items()
    ]  # fmt: skip


def _line(row: dict, rates: dict[str, float], growth: dict[str, str]) -> dict[str, object]:
    is_limit = row["method"] == "limit"
    least, beside = (LIMIT, "decoding plus the bare network") if is_limit else (TIMES[row["method"]], row["method"])
    fp32, bf16 = row["times"]["median"], row["times_bf16"]["median"]
    return {
        "what": f"features, 1080 px, {row['network']}",
        "ours": f"{rates[row['network']]:.1f} photos/s",
        "beside": beside,
        "figure": f"{fp32:.2f} times ({bf16:.2f} in bf16)",
        "goal": "ahead" if least == 1 else f"{least:g} times, in fp32 or bf16" if least > 1 else f"{least:g} times",
        "met": max(fp32, bf16 if least > 1 else 0) >= least,
        "growth": growth[row["network"]],
    }


def as_markdown(result: dict) -> str:
    """Return the page for a reader."""
    speed = [
        [
            row["network"],
            row["method"],
            f"{row['photos_per_second']:.1f}",
            _times(row["times"]),
            _times(row["times_bf16"]),
        ]
        for row in result["speed"]
    ]
    again = [[row["network"], f"{row['photos']:,} of {row['width']} px", f"{row['first']:.1f}", str(row["new"]),
              f"{row['again']:.2f}", f"{row['share']:.1%}"] for row in result["again"]]  # fmt: skip
    memory = [[f"{row['photos']:,}", f"{row['peak_mb']:.0f}", f"{row['features_mb']:.0f}",
               f"{row['peak_mb'] - row['features_mb']:.0f}", f"{row['photos'] / row['seconds']:.0f}"]
              for row in result["memory"]]  # fmt: skip
    gpu = [[row["network"], row["device"], f"{row['photos_per_second']:,.0f}", f"{row['network_alone']:,.0f}",
            f"{row['share_of_ceiling']:.0%}"] for row in result["gpu"]]  # fmt: skip
    skipped = "".join(f"{name} was skipped: {reason}.\n\n" for name, reason in result["skipped"].items())
    return "\n".join([
        "# From JPEG to feature\n\nWritten by `python benchmarks/features.py`; do not edit. "
        f"{result['photos']:,} JPEGs "
        f"of 1080 px, features of 224 px in batches of 16, on the CPU. {machine_line(result['machine'])}\n\n"
        "Methods take turns in parts of the photos; times: how many times as long as ours, median of the parts, in "
        "brackets the least and the most. limit: decoding with all cores (at the scale that is needed) plus the bare "
        "forward pass with all cores, each alone; more than 1 is faster than that.\n\n" + skipped,
        markdown_table(["network", "method", "photos/s", "times", "times ours in bf16"], speed),
        *(["## On a GPU\n\nBatches of 256 in bf16; the network alone is given images that are decoded already.\n",
           markdown_table(["network", "device", "photos/s from the JPEG", "images/s, network alone",
                           "its share of a matrix product's speed"], gpu)] if gpu else []),
        "## Again, with 1 % new photos\n\nThe cache holds the others.\n",
        markdown_table(["network", "photos", "first run, s", "new photos", "again, s", "share of the first"], again),
        "## Growth\n\nseconds = a x photos ^ exponent.\n",
        growth_table(result["growth"], "network", "photos"),
        "## Memory\n\nSmall photos (64 px, squeezenet1_1), a process each, resident at the most.\n",
        markdown_table(["photos", "MB", "of these the features", "all else", "photos/s"], memory),
    ])  # fmt: skip


def _times(times: dict[str, float]) -> str:
    return f"{times['median']:.2f} ({times['low']:.2f} to {times['high']:.2f})"
