"""What a finding says: how bad it is, what is wrong, what to do. The texts are message ids of the catalogues."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Words:
    """The words of one code."""

    severity: Literal["error", "warning", "note"]
    said: str
    advice: str
