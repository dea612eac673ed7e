"""Mon espace santé as a person uses it: documents, pharmacies, conversations, the three steps, opening a message.

Nothing here decides what is allowed: messages leave through the same rules and the same relay as any other.
"""
