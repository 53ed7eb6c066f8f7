"""What a command tells its user in one line. It imports nothing, so that a command starts at once."""


class UserError(ValueError):
    """Something that the user can put right: a file, a key, a number; the message is one line that says how."""


class LayoutError(UserError):
    """A user's file or folder that is missing, empty, or laid out in another way than its reader needs."""


class MissingWeights(FileNotFoundError):
    """The checkpoint that was asked for is not on this machine; the message says which file goes where."""


def words(error: BaseException) -> str:
    """Return what an error says, in one line that is never empty.

    >>> words(KeyError("age")), words(EOFError())
    ("no key 'age'", 'EOFError, which says no more')
    """
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, MemoryError):
        return "there is not enough memory"
    if isinstance(error, KeyError) and len(error.args) == 1:
        return f"no key {error.args[0]!r}"
    return " ".join(str(error).split()) or f"{type(error).__name__}, which says no more"
