"""Reading XML from strangers: no document type, so no entities, and no more depth than a call needs."""

from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

_MAX_DEPTH: Final = 16
_SEPARATOR: Final = "\n"


class NotXml(ValueError):
    """Not well-formed, or more than a call may contain; the message says which."""


@dataclass(slots=True)
class Element:
    """`text` is what stands before, between and after the children, without the blanks around it."""

    name: str
    namespace: str = ""
    children: list["Element"] = field(default_factory=list)
    text: str = ""

    def child(self, name: str, namespace: str | None = None) -> "Element | None":
        """Find the first child of this name; any namespace by default."""
        fitting = (c for c in self.children if c.name == name and namespace in (None, c.namespace))
        return next(fitting, None)


def read_xml(raw: bytes) -> Element:
    """Read one document. Prefixes are gone afterwards; raises `NotXml`."""
    builder = _Builder()
    # The encoding is fixed so that no declaration can ask for a decoder of its own.
    parser = expat.ParserCreate("utf-8", _SEPARATOR)
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse_document_type
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        raise NotXml(f"XML không hợp lệ ở dòng {error.lineno}") from error
    return builder.root.children[0]


def _refuse_document_type(*_declared: object) -> None:
    raise NotXml("XML không được có DOCTYPE")


class _Builder:
    def __init__(self) -> None:
        self.root = Element("")
        self._open = [self.root]

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        if len(self._open) > _MAX_DEPTH:
            raise NotXml(f"XML lồng nhau quá {_MAX_DEPTH} tầng")
        namespace, _, local = name.rpartition(_SEPARATOR)
        element = Element(local, namespace)
        self._open[-1].children.append(element)
        self._open.append(element)

    def end(self, _name: str) -> None:
        element = self._open.pop()
        element.text = element.text.strip()

    def data(self, text: str) -> None:
        self._open[-1].text += text
