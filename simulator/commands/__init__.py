"""The commands of ``mssim`` that talk to a running simulator, as people and shell scripts want them.

Exit status: 0 done · 1 refused, or it did not happen · 2 bad arguments · 4 no simulator answers
"""
