"""What an operator must act on. Odd content is never an error here; see `diagnostics`."""


class FeedsError(Exception):
    """The operator's mistake or the machine's: says what is wrong and what to do next. Exit status 2."""

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what}; {self.remedy}" if self.remedy else self.what


class SettingsError(FeedsError):
    """Settings that cannot be used; every mistake is told at once."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class FolderError(FeedsError):
    """The site folder or a content root cannot be read."""


class IndexUnusableError(FeedsError):
    """The index is locked, unwritable, damaged beyond setting it aside, or made with other settings."""


class IndexLostError(FeedsError):
    """The index turned out to be damaged while it was in use, or another has taken its place: it must be begun anew."""


class BackupError(FeedsError):
    """A backup that cannot be written, or a file that is none."""


class ServerError(FeedsError):
    """A running server cannot be asked, or refuses."""


class UnknownFeedError(FeedsError):
    """No feed has this address."""
