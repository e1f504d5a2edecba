"""Reading a page as a browser does, strictly: its elements, their attributes and their text."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser

import attrs

VOID = {"meta", "link", "wbr", "input"}


@attrs.define
class Node:
    """An element."""

    name: str
    attributes: dict[str, str]
    children: list[Node | str] = attrs.field(factory=list["Node | str"])

    def every(self, name: str | None = None, class_: str | None = None) -> Iterator[Node]:
        """The elements inside, in order, of this name and class."""
        for child in self.children:
            if isinstance(child, Node):
                wanted = name is None or child.name == name
                if wanted and (class_ is None or class_ in child.classes):
                    yield child
                yield from child.every(name, class_)

    def one(self, name: str | None = None, class_: str | None = None) -> Node:
        """The first of them."""
        return next(self.every(name, class_))

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def number(self, name: str) -> Decimal:
        return Decimal(self.attributes[name])


class _Reader(HTMLParser):
    """Fails where a browser would have to guess."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Node("document", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice in <{tag}>"
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].name == tag, f"</{tag}> closes <{self.open[-1].name}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def read_page(text: str) -> Node:
    """The document; everything that was opened is closed, in order."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert [node.name for node in reader.open] == ["document"]
    return reader.open[0]
