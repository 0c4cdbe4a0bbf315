"""The vocabulary: the terms that items, blocks and readers are tagged with, in six facets.

Editors change `vocabulary.yaml`, which stands beside this file and explains its own rules.
"""

from hashlib import sha256
from pathlib import Path

from content.errors import VocabularyFault
from content.terms import FACETS, Term, Vocabulary
from content.vocabulary_file import read_vocabulary

__all__ = ["FACETS", "VOCABULARY", "Term", "Vocabulary", "load_vocabulary"]

VOCABULARY = Path(__file__).parent / "vocabulary.yaml"


def load_vocabulary(path: Path = VOCABULARY) -> Vocabulary:
    """Read and check the vocabulary. Its version is the file's own number and a hash of its content.

    Raises:
        VocabularyFault: names file, line and fault; several faults come together, a line each.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise VocabularyFault(f"{path.name} cannot be read: {error.strerror}.") from error
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise VocabularyFault(f"{path.name}, line {line}: this is not UTF-8 text.") from error
    return read_vocabulary(text, name=path.name, digest=sha256(content).hexdigest()[:12])
