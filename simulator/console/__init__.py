"""The pages for people, as files: HTML, one style, small scripts. They use the API like anyone else.

Nothing is built, nothing is fetched from elsewhere, and no text of a message ever becomes markup.
"""
