"""A professional's mailbox as its page shows it, for whoever has signed in: reading, filing, writing, the trail.

Each control takes the ``Identity`` of the person: the mailbox comes from there, never from a page. What a mailbox does
not hold is answered like what does not exist.
"""
