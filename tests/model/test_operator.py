"""What an operator says of its mailboxes."""

from simulator.model.operator import Operator


def test_folders_have_the_names_that_the_operator_gives_them() -> None:
    plain = Operator("a", "A", "1", "Paris (75)", "mx.a.fr", "client.a.fr", 1, ())
    assert plain.folders == (("INBOX", None), ("Drafts", "\\Drafts"), ("Sent", "\\Sent"), ("Archive", "\\Archive"),
                             ("Junk", "\\Junk"), ("Trash", "\\Trash"))
    own = Operator("a", "A", "1", "Paris (75)", "mx.a.fr", "client.a.fr", 1, (), folder_names={"Sent": "Envoyés"})
    assert own.folders[2] == ("Envoyés", "\\Sent")
