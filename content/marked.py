"""YAML with line numbers: reads what people edit, and says for each fault in which line it stands."""

from dataclasses import dataclass, field

import yaml


@dataclass
class MarkedFile:
    """The faults found so far in one file. Nothing is constructed but text: no tag can run code."""

    name: str
    faults: list[str] = field(default_factory=list)

    def fault(self, node: yaml.Node | None, text: str) -> None:
        """Note a fault at a node."""
        line = 1 if node is None else node.start_mark.line + 1
        self.faults.append(f"{self.name}, line {line}: {text}")

    def compose(self, text: str) -> yaml.Node | None:
        """The tree of the file, or None with a fault noted."""
        try:
            return yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            self.faults.append(
                f"{self.name}, line {line}: this is not YAML: {error.problem or error.context}"
            )
        except yaml.YAMLError as error:
            self.faults.append(f"{self.name}, line 1: this is not YAML: {error}")
        except RecursionError:
            self.faults.append(f"{self.name}, line 1: this is nested too deeply")
        return None

    def mapping(self, node: yaml.Node | None, what: str) -> dict[str, yaml.Node]:
        """The entries of a mapping; keys that come twice are a fault."""
        if not isinstance(node, yaml.MappingNode):
            self.fault(node, f"{what} must be a list of `key: value`")
            return {}
        entries: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = self.text(key, f"a key of {what}")
            if name in entries:
                self.fault(key, f"{what} has {name!r} twice")
            elif name:
                entries[name] = value
        return entries

    def fields(
        self, node: yaml.Node | None, what: str, *, required: tuple[str, ...], optional: tuple[str, ...] = ()
    ) -> dict[str, yaml.Node]:
        """The entries of a mapping of which the keys are fixed."""
        entries = self.mapping(node, what)
        for name in entries:
            if name not in required + optional:
                self.fault(key_of(node, name), f"{what} has an unknown key {name!r}")
        if isinstance(node, yaml.MappingNode):
            for name in required:
                if name not in entries:
                    self.fault(node, f"{what} lacks {name!r}")
        return {name: value for name, value in entries.items() if name in required + optional}

    def items(self, node: yaml.Node | None, what: str) -> list[yaml.Node]:
        """The entries of a list that is not empty."""
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            self.fault(node, f"{what} must be a list with at least one entry")
            return []
        return list(node.value)

    def text(self, node: yaml.Node | None, what: str) -> str:
        """A text that is not empty, or ""."""
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            self.fault(node, f"{what} must be a text")
            return ""
        return str(node.value).strip()

    def texts(self, node: yaml.Node | None, what: str) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(self.text(one, f"an entry of {what}") for one in self.items(node, what))

    def flag(self, node: yaml.Node | None, what: str) -> bool:
        """True or false."""
        if not isinstance(node, yaml.ScalarNode) or node.value not in ("true", "false"):
            self.fault(node, f"{what} must be true or false")
            return False
        return bool(node.value == "true")

    def number(self, node: yaml.Node | None, what: str) -> int:
        """A whole number."""
        value = self.text(node, what)
        try:
            return int(value or 0)
        except ValueError:
            self.fault(node, f"{what} must be a whole number, not {value!r}")
            return 0


def key_of(mapping: yaml.Node | None, name: str) -> yaml.Node | None:
    """The key itself: it stands on the line that a person looks for, its value perhaps on the next."""
    if isinstance(mapping, yaml.MappingNode):
        for key, _ in mapping.value:
            if isinstance(key, yaml.ScalarNode) and key.value.strip() == name:
                return key
    return mapping
