"""Damaged dialogues against a running simulator: any octets get an answer or a close, and cost others nothing (P14)."""
