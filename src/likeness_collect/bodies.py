"""Bodies of answers: counted as they arrive, unpacked a piece at a time, never larger than allowed."""

import zlib
from collections.abc import AsyncIterable, Callable, Iterator

from likeness_collect.errors import Permanent, Transient

PIECE = 64 * 1024  # bytes that are unpacked at once
IDENTITY = ("", "identity")
GZIP = ("gzip", "x-gzip")


async def copy_body(raw: AsyncIterable[bytes], write: Callable[[bytes], object], encoding: str, limit: int) -> int:
    """Write an answer's body, unpacked, and return its size [bytes].

    encoding: the Content-Encoding; gzip and none are known, as nothing else was asked for.
    limit: most bytes, of the unpacked body. Raises Permanent above it, Transient for a body that ends too early.
    """
    unpack = unpacker(encoding)
    size = 0
    async for chunk in raw:
        for piece in unpack.pieces(chunk):
            size += len(piece)
            if size > limit:
                raise Permanent(f"is larger than {limit} bytes")
            write(piece)
    if not unpack.is_complete():
        raise Transient("the answer was cut off")
    return size


class Plain:
    """A body that is sent as it is."""

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the chunk."""
        yield chunk

    def is_complete(self) -> bool:
        """Whether all was there: HTTP itself has seen to it."""
        return True


class Gunzip:
    """A gzip body, unpacked in pieces of bounded size, so that a bomb is noticed before it bursts."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._begun = False

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """Yield what the chunk unpacks to, at most PIECE bytes at once. Raises Transient if it is damaged."""
        self._begun = self._begun or bool(chunk)
        rest = chunk
        while rest and not self._stream.eof:
            try:
                piece = self._stream.decompress(rest, PIECE)
            except zlib.error as error:
                raise Transient("the answer is damaged: it cannot be unpacked") from error
            rest = self._stream.unconsumed_tail
            if piece:
                yield piece

    def is_complete(self) -> bool:
        """Whether the packed stream came to its end (an empty body has none)."""
        return self._stream.eof or not self._begun


def unpacker(encoding: str) -> Plain | Gunzip:
    """Return what unpacks a Content-Encoding. Raises Permanent for one that is not known."""
    name = encoding.strip().lower()
    if name in IDENTITY:
        return Plain()
    if name in GZIP:
        return Gunzip()
    raise Permanent(f"is packed as {name[:20]!r}, which was not asked for")
