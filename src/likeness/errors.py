"""What a command tells its user in one line. It imports nothing, so that a command starts at once."""


class UserError(ValueError):
    """Something that the user can put right: a file, a key, a number; the message is one line that says how."""


class MissingWeights(FileNotFoundError):
    """The checkpoint that was asked for is not on this machine; the message says which file goes where."""
