"""What a command tells its user in one line. It imports nothing, so that a command starts at once."""


class UserError(ValueError):
    """Something that the user can put right: a file, a key, a number; the message is one line that says how."""


class LayoutError(UserError):
    """A user's file or folder that is missing, empty, or laid out in another way than its reader needs."""


class MissingWeights(FileNotFoundError):
    """The checkpoint that was asked for is not on this machine; the message says which file goes where."""
