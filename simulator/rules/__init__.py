"""The rule book: each rule is one function, named as the sentence that must be true."""
