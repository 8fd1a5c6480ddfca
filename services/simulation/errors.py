"""What can be wrong with a scenario."""


class InvalidScenario(ValueError):
    """A scenario cannot be played; `field` names the place in the file."""

    code = "invalid-scenario"

    def __init__(self, field: str, vi: str, en: str) -> None:
        self.field = field
        super().__init__(f"{field}: {vi} / {en}")
