"""The THREAD algorithms (RFC 5256 3): ORDEREDSUBJECT and REFERENCES. Threads may be long, so nothing here recurses."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from simulator.mime.sortkeys import Sortable


class _Node:
    """A message in a thread, or the place of one that is missing (`message` None)."""

    __slots__ = ("children", "message", "parent")

    def __init__(self, message: Sortable | None = None) -> None:
        self.message = message
        self.parent: _Node | None = None
        self.children: dict[_Node, None] = {}  # in order, and quick to take one out

    def adopt(self, child: "_Node") -> None:
        child.leave()
        child.parent = self
        self.children[child] = None

    def leave(self) -> None:
        if self.parent is not None:
            del self.parent.children[self]
            self.parent = None

    def is_under(self, other: "_Node") -> bool:
        node: _Node | None = self
        while node is not None and other.children:
            if node is other:
                return True
            node = node.parent
        return node is other

    def shown(self) -> Sortable:
        """The message that speaks for this node: its own, or its first child's."""
        node = self
        while node.message is None:
            node = next(iter(node.children))
        return node.message

    def moment(self) -> tuple[float, int]:
        message = self.shown()
        return message.sent, message.number


def ordered_subject(messages: Sequence[Sortable]) -> bytes:
    """The text after `* THREAD `: messages of one base subject, by date; `b""` for no messages."""
    by_subject = sorted(messages, key=attrgetter("subject", "sent", "number"))
    roots: list[_Node] = []
    for _, alike in groupby(by_subject, key=attrgetter("subject")):
        root, *others = map(_Node, alike)
        for other in others:
            root.adopt(other)
        roots.append(root)
    return _written(sorted(roots, key=_Node.moment))


def references(messages: Sequence[Sortable]) -> bytes:
    """The text after `* THREAD `: threads by message ids, then by base subject; messages in mailbox order."""
    nodes = _linked(messages)
    roots = _pruned([node for node in nodes if node.parent is None])
    _sort_children([root for root in roots if root.message is None], deep=False)
    roots.sort(key=_Node.moment)
    roots = _gathered(roots)
    _sort_children(roots, deep=True)
    roots.sort(key=_Node.moment)
    return _written(roots)


def _linked(messages: Sequence[Sortable]) -> list[_Node]:
    """Step 1: every message and every id referred to, with the parent links they claim, never in a circle."""
    by_id: dict[bytes, _Node] = {}
    nodes: list[_Node] = []

    def known(message_id: bytes) -> _Node:
        if message_id not in by_id:
            by_id[message_id] = _Node()
            nodes.append(by_id[message_id])
        return by_id[message_id]

    for message in messages:
        node = known(message.message_id) if message.message_id else None
        if node is None or node.message is not None:  # no id, or not the first of that id: nobody can refer to it
            node = _Node()
            nodes.append(node)
        node.message = message
        ancestor: _Node | None = None
        for reference in message.references:
            descendant = known(reference)
            if ancestor is not None and descendant.parent is None and not ancestor.is_under(descendant):
                ancestor.adopt(descendant)
            ancestor = descendant
        node.leave()
        if ancestor is not None and not ancestor.is_under(node):
            ancestor.adopt(node)
    return nodes


def _below(roots: list[_Node]) -> list[_Node]:
    """All nodes, parents before their children."""
    row = list(roots)
    for node in row:
        row.extend(node.children)
    return row


def _pruned(roots: list[_Node]) -> list[_Node]:
    """Step 3: missing messages go; their children take their place, except several children without a parent."""
    kept: list[_Node] = []
    for node in reversed(_below(roots)):
        if node.message is not None or (node.parent is None and len(node.children) > 1):
            continue
        above = node.parent
        for child in list(node.children):
            if above is None:
                child.leave()
                kept.append(child)
            else:
                above.adopt(child)
        node.leave()
    return [root for root in roots if root.message is not None or root.children] + kept


def _gathered(roots: list[_Node]) -> list[_Node]:
    """Step 5: threads of one subject become one."""
    table: dict[str, _Node] = {}
    for root in roots:
        subject = root.shown().subject
        other = table.get(subject)
        if subject and (other is None or _speaks_better(root, other)):
            table[subject] = root
    places = dict.fromkeys(roots)
    merged: dict[_Node, _Node] = {}
    for root in roots:
        other = table.get(root.shown().subject, root)
        if other is root or root.parent is not None:
            continue
        del places[root]
        if other.message is None:
            for newcomer in [root] if root.message else list(root.children):
                other.adopt(newcomer)
        elif root.message and root.message.is_reply and not other.message.is_reply:
            other.adopt(root)
        else:
            both = _Node()
            table[root.shown().subject] = merged[other] = both
            both.adopt(other)
            both.adopt(root)
    return [merged.get(root, root) for root in places]


def _speaks_better(root: _Node, other: _Node) -> bool:
    """True when `root` should stand for the subject rather than `other`."""
    if other.message is None:
        return False
    return root.message is None or (other.message.is_reply and not root.message.is_reply)


def _sort_children(roots: list[_Node], *, deep: bool) -> None:
    """Order siblings by date, from the leaves up: the moment of a missing message is that of its first child."""
    for node in reversed(_below(roots) if deep else roots):
        if len(node.children) > 1:
            node.children = dict.fromkeys(sorted(node.children, key=_Node.moment))


def _written(roots: list[_Node]) -> bytes:
    """`(2)(3 6 (4 23)(44 7 96))`."""
    out: list[str] = []
    waiting: list[str | _Node] = [piece for root in reversed(roots) for piece in (")", root, "(")]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            out.append(item)
            continue
        if item.message is not None:
            out.append(str(item.message.number))
        if item.message is not None and item.children:
            out.append(" ")
        if len(item.children) == 1:
            waiting.extend(item.children)
        else:
            waiting.extend(piece for child in reversed(list(item.children)) for piece in (")", child, "("))
    return "".join(out).encode()
