"""The results of the fine-tuning benchmark as a page of Markdown, and as lines of the table of all benchmarks."""

from words import grown, growth_table, machine_line, markdown_table

GOAL = 0.95


def table(result: dict) -> list[dict[str, object]]:
    """Return the lines for the table of all benchmarks."""
    lines = [
        {"what": f"fine-tune step, siamese resnet18, {result['pairs']} pairs of {row['size']} px, {row['device']}",
         "ours": f"{row['photos_per_second']:.1f} photos/s", "beside": "a bare PyTorch loop",
         "figure": f"{row['ratio']['median']:.2f} times; {row['share_of_ceiling']:.0%} of a matrix product's speed",
         "goal": f"{GOAL:g} times", "met": row["ratio"]["median"] >= GOAL, "growth": grown(growth, "pairs")}
        for row, growth in zip(result["speed"], result["growth"], strict=True)
    ]  # fmt: skip
    return lines + [
        {"what": f"fine-tune step, {name}", "ours": "", "beside": "a bare PyTorch loop", "figure": f"skipped: {reason}",
         "goal": f"{GOAL:g} times", "met": None, "growth": ""}
        for name, reason in result["skipped"].items()
    ]  # fmt: skip


def as_markdown(result: dict) -> str:
    """Return the page for a reader."""
    speed = [
        [f"{row['device']}, {row['precision']}, {row['size']} px",
         *(f"{1000 * row['seconds_a_step'][name]:.1f} ms" for name in ("ours", "bare loop")), _ratio(row["ratio"]),
         f"{row['photos_per_second']:.1f}", f"{row['difference']:.1e}"]
        for row in result["speed"]
    ]  # fmt: skip
    ceiling = [
        [row["device"], f"{row['gflops']:,.0f}", f"{row['ceiling_gflops']:,.0f}", f"{row['share_of_ceiling']:.0%}"]
        for row in result["speed"]
    ]
    skipped = "".join(f"{name} was skipped: {reason}.\n\n" for name, reason in result["skipped"].items())
    return "\n".join([
        "# A step of fine-tuning\n\nWritten by `python benchmarks/finetune.py`; do not edit. "
        f"{machine_line(result['machine'])} {result['threads']} threads; the whole run took {result['seconds']} s.\n\n"
        f"A siamese resnet18, all of it tuned, {result['pairs']} pairs ({2 * result['pairs']} photos) a batch, SGD "
        "with momentum. Ours is the module that `fit_pairs` runs, under Lightning, with the same settings; the bare"
        " loop does the same arithmetic with nothing around it (both deterministic; on a GPU both in bf16, channels "
        f"last). The batches of both lie ready in memory. They take turns; median of {result['rounds']} rounds of "
        f"{result['speed'][0]['steps']} steps (on a GPU more), in brackets the least and the most. Above 1 ours is "
        "faster.\n\n" + skipped,
        markdown_table(["device", "ours, a step", "bare loop, a step", "steps/s, ours / bare loop", "photos/s, ours",
                        "largest difference of a weight after five steps"], speed),
        "## Beside the device's ceiling\n\nOperations of a step's products and convolutions, forward and backward, "
        "beside those of one large matrix product in the same precision, measured here.\n",
        markdown_table(["device", "ours, Gflop/s", "matrix product, Gflop/s", "share"], ceiling),
        "## Growth\n\nOne epoch of `fit_pairs`, with its start, the preparation of batches, a validation on the same "
        "few pairs and the checkpoint. seconds = a x pairs ^ exponent.\n",
        growth_table(result["growth"], "device", "pairs"),
    ])  # fmt: skip


def _ratio(ratio: dict[str, float]) -> str:
    return f"{ratio['median']:.3f} ({ratio['low']:.3f} to {ratio['high']:.3f})"
