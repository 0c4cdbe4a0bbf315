"""What goes wrong with sources is said in the reader's language: every problem that the code can write down is known."""

import ast
from pathlib import Path

import pytest

from service.desk.problem_words import in_words

CONTENT = Path(__file__).parents[1] / "content"
READERS = (
    CONTENT.parent / "subscribers" / "curating.py",
    *sorted((CONTENT / "connectors").glob("*.py")),
    *(CONTENT / f"{name}.py" for name in ("fetching", "network", "answers", "bodies")),
)
ERRORS = {"PartnerRefused", "PageUnreadable", "RobotsRefused", "FetchFailed"}


def sample(node: ast.expr) -> str:
    """A text that the code could make: what stands in a hole does not matter, so a number does."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(sample(part) if isinstance(part, ast.Constant) else "7" for part in parts)
    return ""


def written_down(tree: ast.Module) -> list[str]:
    """The texts of errors, of `problem = …`, of `errors[…] = …`, and of `refusal=…`."""
    texts: list[ast.expr] = []
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[first, *_rest]) if name in ERRORS:
                texts.append(first)
            case ast.Call(keywords=keywords):
                texts += [one.value for one in keywords if one.arg == "refusal"]
            case ast.Assign(targets=[ast.Attribute(attr="problem")], value=value):
                texts += value.values if isinstance(value, ast.BoolOp) else [value]
            case ast.Assign(targets=[ast.Tuple()], value=ast.Tuple(elts=values)):
                texts += values
            case ast.Assign(targets=[ast.Subscript(value=ast.Attribute(attr="errors"))], value=value):
                texts.append(value)
            case ast.Return(value=ast.JoinedStr() as value):
                texts.append(value)
    return [text for one in texts if (text := sample(one)) and text.endswith(".")]


def test_every_problem_that_the_code_writes_down_is_known() -> None:
    found = [text for path in READERS for text in written_down(ast.parse(path.read_text(encoding="utf-8")))]
    assert len(found) > 40
    assert [text for text in found if not in_words(text, "nl")] == []


@pytest.mark.parametrize(
    ("problem", "dutch", "english"),
    [
        ("The page answered 503.", "De pagina gaf een foutmelding (503).", "The page gave an error (503)."),
        (
            "The list says that it has 200 records; 12 were found. 2 of 12 records could not be read; the first: "
            "robots.txt asks us not to read https://a.example/1.",
            "De databank zegt dat zij 200 interventies heeft; wij vonden er 12. 2 van 12 interventies konden wij niet lezen. "
            "De eerste: De website vraagt robots om https://a.example/1 niet te lezen (robots.txt). Daar houden wij ons aan.",
            "",
        ),
        (
            "https://a.example/1: The page is empty.",
            "https://a.example/1: Het antwoord was leeg.",
            "https://a.example/1: The answer was empty.",
        ),
        ("1 of 3 records could not be read; the first: Something new.", "", ""),
        ("100 % of nothing", "", ""),
        ("The query was refused: 50 % %(x)s", "De zoekopdracht werd geweigerd: 50 % %(x)s", ""),
    ],
)
def test_a_problem_is_said_whole_or_not_at_all(problem: str, dutch: str, english: str) -> None:
    assert in_words(problem, "nl") == dutch
    assert not english or in_words(problem, "en") == english
