"""What a part of the drill found: its counts, and each promise that was broken."""

from dataclasses import asdict, dataclass, field


@dataclass
class Report:
    """`counts` are for the reader; a sentence in `breaches` makes the drill fail."""

    counts: dict[str, int] = field(default_factory=dict)
    breaches: list[str] = field(default_factory=list)

    def count(self, what: str, number: int = 1) -> None:
        """Add to a count; 0 makes it stand in the table."""
        self.counts[what] = self.counts.get(what, 0) + number

    def as_data(self) -> dict:
        """For another process."""
        return asdict(self)
