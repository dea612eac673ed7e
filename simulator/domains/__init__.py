"""What a mail domain is, by kind: which addresses are possible, which mailboxes live there, what arrival does."""
